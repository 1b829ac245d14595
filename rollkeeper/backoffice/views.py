# SPDX-License-Identifier: EUPL-1.2
"""The pages of the back office: the campaign as a chart, one batch, one line. Counts, dates and reasons; no names."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.backoffice.chart import NARROW, STACK, WIDE, chart, thinned
from rollkeeper.backoffice.forms import BatchApprovalForm, LineForm, ReconnectForm
from rollkeeper.backoffice.unreachable import by_channel
from rollkeeper.campaign import batch_control, queries, statistics
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.errors import BATCH_NOT_FOUND
from rollkeeper.campaign.line_lookup import look_up_line
from rollkeeper.campaign.queries import BatchDetail, BatchView, DayCount
from rollkeeper.kernel import clock
from rollkeeper.kernel.error_messages import translated
from rollkeeper.kernel.ids import BatchId, CampaignId, LineId
from rollkeeper.kernel.side_by_side import ENGLISH
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.reconnection import reconnect_temporarily
from rollkeeper.provisioning.queries import last_comparison

CAN_STOP = frozenset({BatchState.WAITING, BatchState.APPROVED, BatchState.RUNNING})
CAN_UNDO = frozenset({BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE})
MOST_TABLE_ROWS = 60
MOST_BATCHES = 60
OPEN = CAN_STOP | {BatchState.UNDO_REQUESTED}


@require_safe
def campaign(request: HttpRequest) -> HttpResponse:
    """Show the campaign as a picture, what falls due, and the batches."""
    authority = authority_in(request)
    require(authority, Permission.SEE_CAMPAIGN)
    today = clock.today()
    seen = queries.overview(today)
    batches = queries.batches(limit=MOST_BATCHES)
    shown: dict[str, Any] = {
        "overview": seen,
        "open_batches": [batch for batch in batches if batch.state in OPEN],
        "past_batches": [batch for batch in batches if batch.state not in OPEN],
        "is_running": any(batch.state == BatchState.RUNNING for batch in batches),
        "form": LineForm(today=today),
        "may_explain": authority.role_for(Permission.EXPLAIN_LINE) is not None,
    }
    if seen is not None:
        total = sum(seen.stage_counts.values())
        shown |= {
            "wide": chart(seen.series, WIDE),
            "narrow": chart(seen.series, NARROW),
            "stages": [(stage, seen.stage_counts.get(stage, 0)) for stage in reversed(STACK)],
            "total": total,
            "table": [
                {"day": day, "counts": [counts.get(stage, 0) for stage in reversed(STACK)]}
                for day, counts in thinned(seen.series, MOST_TABLE_ROWS)
            ],
            "due": _due_by_day(seen.due_soon),
            "tomorrow": statistics.action_counts(seen.due_soon, first=today + dt.timedelta(days=1), days=1),
            "week": statistics.action_counts(seen.due_soon, first=today + dt.timedelta(days=1), days=7),
            "regions": _regions(seen.campaign_id),
            "unproven": statistics.unproven(),
            "compared": last_comparison(),
            "undone": statistics.undone(seen.campaign_id),
            "most_due": max((one.count for one in seen.due_soon), default=0),
            "channels": [row for row in by_channel(seen) if row["channel"]],
        }
    return render(request, "backoffice/campaign.html", shown)


@require_safe
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show one batch: its dry run, its sample, who approved it and how far it has come."""
    return _batch_page(request, _authority_to_see(request), BatchId(batch_id), BatchApprovalForm())


@require_POST
def approve(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Approve a batch, as one of two people."""
    authority = _authority_to_see(request)
    form = BatchApprovalForm(request.POST)
    if not form.is_valid():
        return _batch_page(request, authority, BatchId(batch_id), form, status=422)
    batch_control.approve_batch(authority, BatchId(batch_id), on=clock.today())
    messages.success(request, _("Your approval is recorded."))
    return redirect("backoffice:batch", batch_id)


@require_POST
def stop(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Stop a batch. It does no harm, so no confirmation is asked."""
    batch_control.stop_batch(_authority_to_see(request), BatchId(batch_id), on=clock.today())
    messages.success(request, _("The batch is stopped."))
    return redirect("backoffice:batch", batch_id)


@require_POST
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Ask for a batch to be undone: every line as it was before, with its time given back."""
    batch_control.request_undo(_authority_to_see(request), BatchId(batch_id), on=clock.today())
    messages.success(request, _("The batch will be undone by the next run; each line gets its time back."))
    return redirect("backoffice:batch", batch_id)


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: HttpRequest) -> HttpResponse:
    """Explain one line by its exact number. The number comes in the body, is not kept and is not shown again."""
    authority = authority_in(request)
    require(authority, Permission.EXPLAIN_LINE)
    today = clock.today()
    if request.method != "POST":
        return render(request, "backoffice/line.html", {"form": LineForm(today=today)})
    form = LineForm(request.POST, today=today)
    if not form.is_valid():
        return render(request, "backoffice/line.html", {"form": form.emptied()}, status=422)
    about = form.cleaned_data["on"]
    shown: dict[str, Any] = {"form": LineForm(today=today), "asked": True, "about": about}
    try:
        found = look_up_line(
            authority, number=form.cleaned_data["number"], about=about, on=today, language=_language()
        )
    except LineNotFound as fault:
        return render(request, "backoffice/line.html", shown | {"missed": translated(fault)}, status=404)
    may_reconnect = authority.role_for(Permission.RECONNECT_TEMPORARILY) is not None
    shown |= {"found": found, "may_reconnect": found.state == "suspended" and may_reconnect}
    return render(request, "backoffice/line.html", shown)


@require_POST
def reconnect(request: HttpRequest) -> HttpResponse:
    """Reconnect a suspended line for some hours. Its reference is in the body; no reason is asked."""
    authority, form = authority_in(request), ReconnectForm(request.POST)
    require(authority, Permission.RECONNECT_TEMPORARILY)
    if not form.is_valid():
        return render(request, "backoffice/line.html", {"form": LineForm(today=clock.today())}, status=422)
    reconnect_temporarily(authority, LineId(form.cleaned_data["line"]), on=clock.today())
    messages.success(
        request,
        _("The line works again within minutes, for some hours; the reconnection ends automatically."),
    )
    return redirect("backoffice:line")


@dataclass(frozen=True, slots=True)
class AllowedActions:
    """What the user may do to a batch now."""

    approve: bool
    stop: bool
    undo: bool


def _batch_page(
    request: HttpRequest,
    authority: Authority,
    batch_id: BatchId,
    form: BatchApprovalForm,
    *,
    status: int = 200,
) -> HttpResponse:
    detail: BatchDetail | None = queries.batch(batch_id, language=_language())
    if detail is None:
        raise BATCH_NOT_FOUND(batch=batch_id)
    shown = {
        "batch": detail.view,
        "reasons": sorted(detail.reasons.items(), key=lambda item: -item[1]),
        "sample": detail.preview,
        "form": form,
        "may": _allowed_actions(request, authority, detail.view),
        "open_places": range(max(0, detail.view.approvals_needed - len(detail.view.approvals))),
        "has_approved": _has_approved(request, detail.view),
    }
    return render(request, "backoffice/batch.html", shown, status=status)


def _allowed_actions(request: HttpRequest, authority: Authority, view: BatchView) -> AllowedActions:
    def has(permission: Permission) -> bool:
        return authority.role_for(permission) is not None

    return AllowedActions(
        approve=has(Permission.APPROVE_BATCH)
        and view.state == BatchState.WAITING
        and not _has_approved(request, view),
        stop=has(Permission.STOP_BATCH) and view.state in CAN_STOP,
        undo=has(Permission.UNDO_BATCH) and view.state in CAN_UNDO and view.done_count > 0,
    )


def _regions(campaign_id: CampaignId) -> list[dict[str, Any]]:
    """Return a row a region, its stages in the order of the table."""
    return [
        {
            "name": one.region, "total": one.total, "is_rest": one.region == "",
            "counts": [one.counts.get(stage, 0) for stage in reversed(STACK)],
        }
        for one in statistics.regions(campaign_id)
    ]  # fmt: skip


def _has_approved(request: HttpRequest, view: BatchView) -> bool:
    return request.user.get_username() in {approval.username for approval in view.approvals}


def _authority_to_see(request: HttpRequest) -> Authority:
    authority = authority_in(request)
    require(authority, Permission.SEE_CAMPAIGN)
    return authority


def _language() -> str:
    return get_language() or ENGLISH


def _due_by_day(due: tuple[DayCount, ...]) -> list[dict[str, Any]]:
    """Return a row a day: the day and its counts by action."""
    by_day: dict[Any, dict[str, int]] = {}
    for one in due:
        by_day.setdefault(one.day, {})[one.action] = one.count
    return [
        {"day": day, "suspend": counts.get("suspend", 0), "terminate": counts.get("terminate", 0)}
        for day, counts in sorted(by_day.items())
    ]
