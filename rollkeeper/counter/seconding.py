# SPDX-License-Identifier: EUPL-1.2
"""Acts that a second person confirms: put aside sealed, listed for whoever may confirm, said yes or no to.

Neither page shows anything of what was submitted.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from rollkeeper.access.acts import authority_in
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.captures.queries import outcomes
from rollkeeper.captures.seconding import Aside, confirm_act, put_aside, reference_of, waiting_for_second
from rollkeeper.counter import words
from rollkeeper.counter.forms import QuietForm
from rollkeeper.enrolment.queries import receipt_for
from rollkeeper.enrolment.seconding import second_person_for
from rollkeeper.enrolment.submissions import Receipt, Submission
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.sayings import cite, say
from rollkeeper.kernel.settings import settings
from rollkeeper.lines.shown import keep_in_hand
from rollkeeper.subscribers.kinds import PartyKind

_MADE_FROM_PICTURES = ("__read", "__copy", "__copy_mark")


def set_aside(
    authority: Authority, form: QuietForm, *, deed: str, kind: PartyKind = PartyKind.INDIVIDUAL,
    submission: Submission | None = None,
) -> Aside | Receipt:  # fmt: skip
    """Seal what was submitted until a second person has confirmed it. Precondition: it would not be refused now."""
    key = form.cleaned_data["submission_key"]
    fields = {
        name: form.data[name]
        for name in form.fields
        if name in form.data and name != "submission_key" and not name.endswith(_MADE_FROM_PICTURES)
    }
    keep_in_hand(authority, fields.get("number", ""))
    language = get_language() or settings().languages[0]
    return receipt_for(key) or put_aside(
        authority, submission_key=key, deed=deed, kind=kind, fields=fields, language=language, submission=submission
    )  # fmt: skip


def waits(request: HttpRequest, submission_key: str) -> HttpResponse | None:
    """Say how an act stands that a second person confirms; None where nothing waits under this key."""
    found = outcomes([submission_key])
    if not found:
        return None
    shown = {
        "outcome": found[0], "reference": reference_of(submission_key), "submission_key": submission_key,
        "deed": words.ACTS.get(found[0].deed or "", ""),
        "article": cite(second_person_for((found[0].deed or "").replace("-", "_"))),
    }  # fmt: skip
    return render(request, "counter/aside.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def to_confirm(request: HttpRequest) -> HttpResponse:
    """List what waits for a second person, and take their yes or no."""
    authority = authority_in(request)
    demand(authority, Power.CONFIRM_ACT)
    said = []
    if request.method == "POST":
        try:
            confirm_act(
                authority, request.POST.get("key", ""), agreed=request.POST.get("agreed") == "yes", on=clock.today()
            )  # fmt: skip
        except RollkeeperError as fault:
            if fault.kind in {Kind.FORBIDDEN, Kind.INTERNAL}:
                raise
            said = say(fault)
        else:
            return redirect("counter:to_confirm")
    waiting = [(one, words.ACTS.get(one.deed, one.deed)) for one in waiting_for_second(authority)]
    return render(
        request, "counter/to_confirm.html", {"waiting": waiting, "said": said}, status=422 if said else 200
    )
