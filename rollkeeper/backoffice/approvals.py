# SPDX-License-Identifier: EUPL-1.2
"""The page of what waits for approvers: all kinds in one list, each with the page on which it is looked at and approved."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rollkeeper.access.authority import Authority
from rollkeeper.access.dual_control import PendingApproval, pending_approvals
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.campaign.choices import Action, WorkKind
from rollkeeper.incidents.choices import Step

_HERE = frozenset(Permission) - {Permission.APPROVE_ACTION}
"""Actions that wait at a counter are approved there: the approver checks the person and the documents."""
_LABELS = {
    "suspend_batch": Action.SUSPEND.label,
    "terminate_batch": Action.TERMINATE.label,
    "undo_batch": WorkKind.UNDO.label,
    "end_stay": _("End of a stay"),
    "answer_disclosure": _("Disclosure request"),
    "defer_notification": _("Deferred notification"),
    "add_authority": _("New authority"),
    "forgery": _("A document that may be forged"),
    "erasure": _("Erasure of much of the register"),
    "law": _("Another version of the law"),
    "publish_report": _("Report to be published"),
    **dict(Step.choices),
}
_PAGES = {
    Permission.APPROVE_BATCH: "backoffice:batch",
    Permission.APPROVE_UNDO: "backoffice:undo",
    Permission.DECIDE_DISCLOSURE: "backoffice:disclosure",
    Permission.DEFER_NOTIFICATION: "backoffice:disclosure",
    Permission.RENEW_KEYS_AFTER_INCIDENT: "backoffice:incident",
    Permission.NOTIFY_AFFECTED: "backoffice:incident",
    Permission.PUBLISH_REPORT: "backoffice:report_of_period",
}


@require_safe
def pending_approvals_page(request: HttpRequest) -> HttpResponse:
    """List what waits for approvers and the reader may approve, the longest first."""
    waiting = [(one, _LABELS[one.action_kind], _address(one)) for one in pending_here(authority_in(request))]
    return render(request, "backoffice/pending_approvals.html", {"waiting": waiting})


def pending_here(authority: Authority) -> list[PendingApproval]:
    """Return what waits for approvers and is approved at the back office, or by a command."""
    return pending_approvals(authority, _HERE)


def _address(one: PendingApproval) -> str:
    if one.permission is Permission.END_STAY:
        return reverse("backoffice:stays")
    if one.permission is Permission.APPROVE_AUTHORITY:
        return reverse("backoffice:authorities")
    page = _PAGES.get(one.permission)
    return reverse(page, args=[one.about]) if page else ""
