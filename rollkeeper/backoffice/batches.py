# SPDX-License-Identifier: EUPL-1.2
"""The pages of one batch: check it, approve it, run it, stop it with a reason, undo it with two people."""

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
from rollkeeper.access.choices import RequestState
from rollkeeper.access.dual_control import approvals_of
from rollkeeper.access.errors import ALREADY_APPROVED, NO_PENDING_APPROVAL
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_in
from rollkeeper.access.staff_requests import RequestView
from rollkeeper.backoffice.asking import shown_again
from rollkeeper.backoffice.campaign_choice import query_of, titles_of_open
from rollkeeper.backoffice.campaign_forms import ReasonForm
from rollkeeper.backoffice.forms import BatchApprovalForm
from rollkeeper.backoffice.preview_picture import preview_picture
from rollkeeper.backoffice.stepper import Known, batch_steps, may_run_now, what_next
from rollkeeper.campaign import batch_control, queries, undo_requests
from rollkeeper.campaign.choices import BatchState, StopReason, WorkKind
from rollkeeper.campaign.errors import BATCH_NOT_FOUND, BatchNotInState
from rollkeeper.campaign.queries import BatchDetail, BatchView
from rollkeeper.campaign.settings import settings
from rollkeeper.campaign.work_requests import last_work, request_work
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import BatchId
from rollkeeper.kernel.side_by_side import ENGLISH

_OUT_OF_DATE = (BatchNotInState.code, ALREADY_APPROVED.code, NO_PENDING_APPROVAL.code)
CAN_STOP = frozenset({BatchState.WAITING, BatchState.APPROVED, BatchState.RUNNING})
CAN_UNDO = frozenset({BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE})


@dataclass(frozen=True, slots=True)
class AllowedActions:
    """What the user may do to a batch now."""

    approve: bool
    run: bool
    stop: bool
    undo: bool


@require_safe
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show one batch: its state, its dry run, its preview, who approved it and how far it has come."""
    return _batch_page(request, authority_to_see(request), BatchId(batch_id), BatchApprovalForm())


@require_POST
@shown_again("backoffice:batch", *_OUT_OF_DATE)
def approve(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Approve a batch, as one of two people."""
    authority = authority_to_see(request)
    form = BatchApprovalForm(request.POST)
    if not form.is_valid():
        return _batch_page(request, authority, BatchId(batch_id), form, status=422)
    batch_control.approve_batch(authority, BatchId(batch_id), on=clock.today())
    messages.success(request, _("Your approval is recorded."))
    return redirect("backoffice:batch", batch_id)


@require_POST
@shown_again("backoffice:batch", *_OUT_OF_DATE)
def run(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Ask the worker to run a batch as far as it may go now."""
    authority = authority_to_see(request)
    request_work(authority, WorkKind.RUN, batch_id=BatchId(batch_id), on=clock.today())
    messages.info(request, _("It begins within seconds. This page updates automatically."))
    return redirect("backoffice:batch", batch_id)


@require_http_methods(["GET", "HEAD", "POST"])
@shown_again("backoffice:batch", *_OUT_OF_DATE)
def stop(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Ask for the reason, then stop a batch. In this way a batch that has not begun is cancelled."""
    authority = authority_to_see(request)
    require(authority, Permission.STOP_BATCH)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" and _detail(BatchId(batch_id)).view.state not in CAN_STOP:
        return redirect("backoffice:batch", batch_id)
    if not form.is_valid():
        return _confirm(request, BatchId(batch_id), form, "backoffice/batch_stop.html")
    reason = StopReason(form.cleaned_data["because"])
    batch_control.stop_batch(authority, BatchId(batch_id), on=clock.today(), because=reason.value)
    messages.success(request, _("The batch is stopped."))
    return redirect("backoffice:batch", batch_id)


@require_http_methods(["GET", "HEAD", "POST"])
@shown_again("backoffice:batch", *_OUT_OF_DATE)
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Request the undo of a batch, or approve it as the second person: every line is as before, and gets its days back."""
    authority = authority_to_see(request)
    require(authority, Permission.APPROVE_UNDO)
    asked = pending_undo(BatchId(batch_id))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if asked is None and request.method != "POST" and not _left_to_undo(_detail(BatchId(batch_id)).view):
        return redirect("backoffice:batch", batch_id)
    if request.method != "POST" or not (asked or form.is_valid()):
        return _confirm(request, BatchId(batch_id), form, "backoffice/batch_undo.html", asked=asked)
    reason = None if asked else StopReason(form.cleaned_data["because"])
    state = undo_requests.approve_undo(authority, BatchId(batch_id), because=reason, on=clock.today())
    if state is RequestState.DONE:
        messages.info(request, _("The lines get their service back within minutes, with their time."))
    else:
        messages.success(request, _("Your approval is recorded. A second approver is needed."))
    return redirect("backoffice:batch", batch_id)


@require_POST
@shown_again("backoffice:batch", *_OUT_OF_DATE)
def withdraw_undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Withdraw an undo that waits for the second person."""
    undo_requests.withdraw_undo(authority_to_see(request), BatchId(batch_id), on=clock.today())
    messages.success(request, _("The undo is withdrawn. Nothing was given back."))
    return redirect("backoffice:batch", batch_id)


def authority_to_see(request: HttpRequest) -> Authority:
    """Return the Authority of the reader, who may see the campaign. Refuses: NOT_ALLOWED."""
    authority = authority_in(request)
    require(authority, Permission.SEE_CAMPAIGN)
    return authority


def page_language() -> str:
    """Return the language of the page."""
    return get_language() or ENGLISH


def known_of(view: BatchView, work: RequestView | None = None) -> Known:
    """Return the facts in addition to a batch: the settings, the instant, and the complaints and unproven commands."""
    chosen = settings()
    watch = queries.watch_of(view.batch_id) if view.state == BatchState.RUNNING else None
    return Known(
        now=clock.now().astimezone(clock.zone()), pilot_hours=chosen.pilot_hours, run_from_hour=chosen.run_from_hour,
        is_asked=bool(work and work.is_under_way), watch=watch,
    )  # fmt: skip


def pending_undo(batch_id: BatchId) -> RequestView | None:
    """Return the undo that waits for the second person."""
    asked = last_work(WorkKind.UNDO, batch_id)
    return asked if asked and asked.state is RequestState.PENDING else None


def _batch_page(
    request: HttpRequest,
    authority: Authority,
    batch_id: BatchId,
    form: BatchApprovalForm,
    *,
    status: int = 200,
) -> HttpResponse:
    detail = _detail(batch_id)
    view, work = detail.view, last_work(WorkKind.RUN, batch_id)
    known = known_of(view, work)
    may = _allowed_actions(request, authority, view, known)
    shown = {
        "batch": view,
        "titles": (titles := titles_of_open()),
        "campaign_query": query_of(view.campaign) if view.campaign in titles else "",
        "steps": batch_steps(view, known),
        "next": what_next(view, known),
        "work": work,
        "asked_undo": pending_undo(batch_id),
        "is_moving": known.is_asked or view.state in {BatchState.UNDO_REQUESTED, BatchState.RUNNING, BatchState.WAITING, BatchState.APPROVED},
        "reasons": sorted(detail.reasons.items(), key=lambda item: -item[1]),
        "picture": preview_picture(detail.preview, due_on=view.due_on),
        "form": form,
        "may": may,
        "open_places": range(max(0, view.approvals_needed - len(view.approvals))),
        "has_approved": _has_approved(request, view),
    }  # fmt: skip
    return render(request, "backoffice/batch.html", shown, status=status)


def _confirm(
    request: HttpRequest, batch_id: BatchId, form: ReasonForm, template: str, **more: Any
) -> HttpResponse:
    view = _detail(batch_id).view
    asked: RequestView | None = more.get("asked")
    is_own = False
    if asked is not None:
        given = approvals_of(Permission.APPROVE_UNDO, [asked.request_id])
        is_own = request.user.get_username() in {one.username for one in given}
    shown = {"batch": view, "lines": _left_to_undo(view), "form": form, "is_own": is_own}
    status = 422 if form.is_bound else 200
    return render(request, template, shown | more, status=status)


def _left_to_undo(view: BatchView) -> int:
    return view.done_count - view.undone_count


def _detail(batch_id: BatchId) -> BatchDetail:
    detail = queries.batch(batch_id, language=page_language())
    if detail is None:
        raise BATCH_NOT_FOUND(batch=batch_id)
    return detail


def _allowed_actions(
    request: HttpRequest, authority: Authority, view: BatchView, known: Known
) -> AllowedActions:
    def has(permission: Permission) -> bool:
        return authority.role_for(permission) is not None

    return AllowedActions(
        approve=has(Permission.APPROVE_BATCH)
        and view.state == BatchState.WAITING
        and not _has_approved(request, view),
        run=has(Permission.RUN_BATCH) and may_run_now(view, known),
        stop=has(Permission.STOP_BATCH) and view.state in CAN_STOP,
        undo=has(Permission.APPROVE_UNDO) and view.state in CAN_UNDO and _left_to_undo(view) > 0,
    )


def _has_approved(request: HttpRequest, view: BatchView) -> bool:
    return request.user.get_username() in {approval.username for approval in view.approvals}
