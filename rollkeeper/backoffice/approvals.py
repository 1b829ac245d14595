# SPDX-License-Identifier: EUPL-1.2
"""The page of all unfinished requests of staff, in one list: those that wait for approvers, and those that a worker carries out."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rollkeeper.access.authority import Authority
from rollkeeper.access.dual_control import PendingApproval, pending_approvals
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.access.staff_requests import RequestView, requests_under_way
from rollkeeper.backoffice.labels import say
from rollkeeper.backoffice.paging import paged
from rollkeeper.campaign.choices import Action, WorkKind
from rollkeeper.campaign.work_requests import PERMISSION_FOR, key_of
from rollkeeper.incidents.choices import Step
from rollkeeper.kernel.side_by_side import named

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
    "erasure_of_copies": _("Erasure of document copies of much of the register"),
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
    Permission.DECIDE_FORGERY: "backoffice:case",
}
REQUESTS: Final = {
    **{key_of(kind): (kind.label, needed, "backoffice:campaign") for kind, needed in PERMISSION_FOR.items()},
    "cancel-campaign": (_("Campaign"), Permission.CLOSE_CAMPAIGN, "backoffice:campaign"),
    **dict.fromkeys(
        ("imports-read", "imports-count", "imports-import", "imports-discard", "undo-import"),
        (_("Import lines"), Permission.IMPORT_LINES, "backoffice:imports"),
    ),
    **dict.fromkeys(("take-case", "decide-case"), (_("Cases"), Permission.SEE_CASES, "backoffice:cases")),
    **dict.fromkeys(("add-hold", "end-hold"), (_("Legal holds"), Permission.MANAGE_LEGAL_HOLDS, "backoffice:holds")),
    "protect-subscriber": (_("Protection"), Permission.PROTECT_SUBSCRIBER, "backoffice:protection"),
    **dict.fromkeys(("draft-report", "publish-report"), (_("Reports"), Permission.SEE_REPORTS, "backoffice:reports")),
    "agent-action": (_("Agents"), Permission.SEE_AGENTS, "backoffice:agents"),
    "change-settings": (_("Settings"), Permission.CHANGE_SETTINGS, "backoffice:settings"),
    "word-incident-notice": (_("Incidents"), Permission.MANAGE_INCIDENT, "backoffice:incidents"),
    "open-incident": (_("Incidents"), Permission.MANAGE_INCIDENT, "backoffice:incidents"),
}  # fmt: skip
"""The kinds of requests to a worker: each with its words, the permission to see it, and its page. A kind missing here is shown to no one."""
_UNKNOWN: Final = ("", None, "")


@require_safe
def pending_approvals_page(request: HttpRequest) -> HttpResponse:
    """List the actions that the reader may approve and the requests to a worker that the reader may see, the oldest first."""
    authority = authority_in(request)
    listed: list[tuple[PendingApproval | RequestView, str | Promise, str]] = [
        (one, named(one.title, say(one.level, "level") or _LABELS[one.action_kind]), _address(one))
        for one in pending_here(authority)
    ]
    for one in requests_under_way():
        label, permission, page = REQUESTS.get(one.kind, _UNKNOWN)
        if permission and authority.role_for(permission):
            listed.append((one, label, reverse(page)))
    waiting = sorted(listed, key=lambda row: row[0].requested_at)
    return render(request, "backoffice/pending_approvals.html", {"waiting": paged(request, waiting)})


def pending_here(authority: Authority) -> list[PendingApproval]:
    """Return the pending approvals that are approved at the back office or by a command."""
    return pending_approvals(authority, _HERE)


def _address(one: PendingApproval) -> str:
    if one.permission is Permission.END_STAY:
        return reverse("backoffice:stays")
    if one.permission is Permission.APPROVE_AUTHORITY:
        return reverse("backoffice:authorities")
    page = _PAGES.get(one.permission)
    return reverse(page, args=[one.about]) if page else ""
