# SPDX-License-Identifier: EUPL-1.2
"""The pages on which a subscriber does one thing to one line: which line it is, what follows, and one button."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rollkeeper.access.page_address import address_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger import labels as ledger_labels
from rollkeeper.ledger.verbs import Verb
from rollkeeper.portal import labels
from rollkeeper.portal.after_post import brought_along, lead_on, say_again
from rollkeeper.portal.forms import (
    ActionForm,
    AddDelegateForm,
    CorrectForm,
    DisputeForm,
    PauseForm,
    RemoveDelegateForm,
    ReportDeathForm,
    TerminateForm,
    WithdrawForm,
)
from rollkeeper.portal.own_lines import ABOUT_A_PERSON, may_do, said_lines
from rollkeeper.portal.portal_requests import put
from rollkeeper.portal.tokens import HERE, numbers_of
from rollkeeper.portal.views import during_session, not_now, refused, shown_to
from rollkeeper.registration.errors import SUBMISSION_KEY_USED
from rollkeeper.selfcare.choices import PortalRequestKind

FORMS: Final[dict[str, type[ActionForm]]] = {
    "pause": PauseForm,
    "dispute": DisputeForm,
    "correct": CorrectForm,
    "terminate": TerminateForm,
    "add-delegate": AddDelegateForm,
    "remove-delegate": RemoveDelegateForm,
    "report-death": ReportDeathForm,
}


_OPENS_A_CASE: Final = frozenset({"appeal", "not-mine", "report-death"})
"""Actions whose ledger entry is named for its effect on the line, and not for what the subscriber asked."""


@require_http_methods(["GET", "HEAD", "POST"])
@during_session
def action_page(request: HttpRequest, what: str) -> HttpResponse:
    """Do one thing to one line, once. For an action that is impossible now there is no form."""
    make = FORMS.get(what, ActionForm)
    if request.method != "POST":
        return _ask(request, what)
    form = make(request.POST)
    is_valid = form.is_valid()
    kept = {name: form.cleaned_data.get(name, "") for name in ("key", "line")}
    if not is_valid:
        return _faulty(request, what, form.blank(**kept), kept)
    answer = put(request, PortalRequestKind(what.replace("-", "_")), form.payload())
    if answer.done is None:
        if answer.refused == SUBMISSION_KEY_USED.code:
            kept["key"] = str(new_uuid())
        return _faulty(
            request, what, form.blank(answer.said, **kept), kept, needs_verification=answer.refused == "verification_needed"
        )  # fmt: skip
    messages.success(request, _said_done(what, answer.done, form.cleaned_data))
    return redirect("portal:lines")


@require_POST
@during_session
def withdraw(request: HttpRequest) -> HttpResponse:
    """Withdraw a case; the clock of the line goes on."""
    form = WithdrawForm(request.POST)
    answer = put(request, PortalRequestKind.WITHDRAW_CASE, form.payload() if form.is_valid() else {})
    if answer.done is None:
        return refused(request, answer)
    messages.success(
        request, _("You withdrew it. If it paused a clock of the line, the remaining days go on.")
    )
    return redirect("portal:lines")


def _faulty(
    request: HttpRequest,
    what: str,
    form: ActionForm,
    kept: dict[str, Any],
    *,
    needs_verification: bool = False,
) -> HttpResponse:
    more = {"needs_verification": needs_verification}
    return lead_on(request, address_of(request), form, **more) or _draw(
        request, what, form, line=str(kept["line"] or ""), status=422, **more
    )


def _ask(request: HttpRequest, what: str) -> HttpResponse:
    """Ask which line is meant if several are possible, say so if none is, and otherwise ask what the action needs."""
    shown = shown_to(request)
    possible = {line["line"] for line in shown["lines"] if may_do(what, line, shown)}
    lines = [
        one for one in said_lines(shown, numbers_of(request), on=clock.today()) if one["line"] in possible
    ]
    asked, again = request.GET.get("line", ""), brought_along(request, "line")
    chosen = [one for one in lines if one["handle"] == asked] if asked else lines
    chosen = [one for one in lines if one["line"] == again] or chosen
    if not chosen:
        return not_now(request)
    if len(chosen) > 1 and what not in ABOUT_A_PERSON:
        return render(
            request, "portal/choose_line.html",
            {"title": labels.ACTIONS[what], "what": what, "lines": chosen, "session": True},
        )  # fmt: skip
    line = chosen[0]["line"]
    form = FORMS.get(what, ActionForm).for_line(line)
    if isinstance(form, RemoveDelegateForm):
        form.offer(shown["named"])
    if isinstance(form, CorrectForm):
        form.offer(row["field"] for row in shown["kept"] if row["line"] == line)
    return _draw(request, what, form, line=line, **say_again(request, form))


def _draw(
    request: HttpRequest, what: str, form: ActionForm, *, line: str, status: int = 200, **more: Any
) -> HttpResponse:
    numbers = numbers_of(request)
    shown = {
        "title": labels.ACTIONS[what], "note": labels.NOTES[what], "button": labels.BUTTONS[what], "what": what, "form": form,
        "number": "" if what in ABOUT_A_PERSON else numbers.get(line) or numbers.get(HERE, ""), "session": True,
    }  # fmt: skip
    return render(request, "portal/action.html", shown | more, status=status)


def _said_done(what: str, done: dict[str, Any], chosen: dict[str, Any]) -> str:
    if what == "correct":
        return _("It is recorded. Come to any counter with your document; it is corrected there.")
    if what in _OPENS_A_CASE:
        return str(ledger_labels.ACTION_LABELS[Verb.CASE_OPENED])
    return ledger_labels.action_label(done["verb"], {"part": chosen.get("part")})
