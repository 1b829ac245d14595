# SPDX-License-Identifier: EUPL-1.2
"""Actions that an approver confirms: held, sealed, listed for approvers, approved or rejected.

Neither page shows any of the submitted data.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import reference_of
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.agents.queries import is_of_own_outlet
from rollkeeper.counter import labels
from rollkeeper.counter.agent_guard import require_device
from rollkeeper.counter.carried_line import called_on_receipt, is_set_aside
from rollkeeper.counter.errors import SUBMISSION_WAITS
from rollkeeper.counter.forms import QuietForm
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import translated
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import cite
from rollkeeper.lines.counter_codes import extend_handle
from rollkeeper.offline.approvals import (
    HeldForApproval,
    decide_approval,
    hold_for_approval,
    waiting_at_counter,
)
from rollkeeper.offline.queries import outcomes
from rollkeeper.registration.approvals import approval_article
from rollkeeper.registration.errors import SUBMISSION_KEY_USED
from rollkeeper.registration.receipts import on_number, receipt_for
from rollkeeper.registration.submissions import IMAGE_FIELDS, Receipt, Submission
from rollkeeper.subscribers.choices import PartyKind

_FROM_IMAGE = tuple(f"__{name}" for name in IMAGE_FIELDS)


def submit_for_approval(
    request: HttpRequest, authority: Authority, form: QuietForm, *, action_kind: str, kind: str = PartyKind.INDIVIDUAL,
    submission: Submission | None = None,
) -> HeldForApproval | Receipt:  # fmt: skip
    """Seal what was submitted until an approver has confirmed it. Precondition: it would not be refused now.

    A waiting submission is sealed: for a form from another session, no one can tell which line it was for. Refuses: SUBMISSION_KEY_USED, SUBMISSION_WAITS.
    """
    key = form.cleaned_data["submission_key"]
    fields = {
        name: form.data[name]
        for name in form.fields
        if name in form.data and name != "submission_key" and not name.endswith(_FROM_IMAGE)
    }
    extend_handle(authority, fields.get("number", ""))
    language = get_language() or instance().languages[0]
    if (first := receipt_for(key)) and not on_number(authority, fields.get("number", ""))(first.line_id):
        raise SUBMISSION_KEY_USED(day=first.day)
    if first:
        return first
    held = hold_for_approval(
        authority, submission_key=key, action_kind=action_kind, kind=kind, fields=fields, language=language, submission=submission
    )  # fmt: skip
    if held.is_repeat and not is_set_aside(request, key) and state_of(key) == "waits":
        raise SUBMISSION_WAITS()
    return held


def waits(request: HttpRequest, submission_key: str) -> HttpResponse | None:
    """Return the state of an action that waits for an approver; None if nothing waits under this key."""
    found = outcomes([submission_key])
    if not found or not is_of_own_outlet(authority_in(request), submitted_by=found[0].submitted_by):
        return None
    shown = {
        "outcome": found[0], "reference": reference_of(submission_key), "submission_key": submission_key,
        "called": called_on_receipt(request, submission_key),
        "action_kind": labels.ACTIONS.get(found[0].action_kind or "", ""),
        "article": cite(approval_article((found[0].action_kind or "").replace("-", "_"))),
    }  # fmt: skip
    return render(request, "counter/pending_approval.html", shown)


def state_of(submission_key: str) -> str:
    """Return the state of a submission: `recorded`, `waits` for an approver, or `refused`."""
    if receipt_for(submission_key):
        return "recorded"
    found = outcomes([submission_key])
    return "refused" if found and found[0].outcome == "refused" else "waits"


def count_pending(authority: Authority) -> int:
    """Return how many actions wait for this user's confirmation."""
    return sum(not one.is_own for one in waiting_at_counter(authority))


@require_safe
def pending_count(request: HttpRequest) -> HttpResponse:
    """Return how many actions wait, for the menu of an open page."""
    authority = authority_in(request)
    require(authority, Permission.APPROVE_ACTION)
    return JsonResponse({"waiting": count_pending(authority)})


@require_http_methods(["GET", "HEAD", "POST"])
def pending_approvals_page(request: HttpRequest) -> HttpResponse:
    """List the actions that wait for an approver, and record the approver's decision."""
    authority = authority_in(request)
    require(authority, Permission.APPROVE_ACTION)
    require_device(request, authority)
    said = []
    if request.method == "POST":
        key, approved = request.POST.get("key", ""), request.POST.get("approved") == "yes"
        try:
            decide_approval(authority, key, approved=approved, on=clock.today())
        except RollkeeperError as fault:
            if fault.kind in {Kind.FORBIDDEN, Kind.INTERNAL}:
                raise
            said = translated(fault)
        else:
            done = (
                _("%(reference)s is confirmed and recorded next.")
                if approved
                else _("%(reference)s is not confirmed. It is erased, and nothing is recorded.")
            )
            messages.success(request, done % {"reference": reference_of(key)})
            return redirect("counter:pending_approvals")
    waiting = [
        (one, labels.ACTIONS.get(one.action_kind, one.action_kind), "")
        for one in waiting_at_counter(authority)
    ]
    return render(
        request,
        "counter/pending_approvals.html",
        {"waiting": waiting, "said": said, "version": " ".join(str(one.about) for one, *_ in waiting)},
        status=422 if said else 200,
    )
