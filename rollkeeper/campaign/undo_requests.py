# SPDX-License-Identifier: EUPL-1.2
"""Undo a batch from its page: two people, a reason, and the batch at rest from the first of them on.

Until the second person approves it, nothing is given back; but a batch that runs is stopped at once, which harms no one.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import Approvals, PendingSubject, approve, require_approver, withdraw
from rollkeeper.access.errors import NO_PENDING_APPROVAL
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.batch_control import lock_batch, request_undo, stop_batch
from rollkeeper.campaign.choices import BatchState, StopReason, WorkKind, WorkState
from rollkeeper.campaign.models import WorkRequest
from rollkeeper.campaign.work_requests import create_request, open_request
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import BatchId, EntryId, StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

_CAN_BE_UNDONE = (BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE)


def approve_undo(
    authority: Authority, batch_id: BatchId, *, because: StopReason | None, on: dt.date
) -> WorkState:
    """Ask for an undo as the first person, giving the reason, or approve it as another; return `done` once it is asked for.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, ReauthenticationNeeded, BATCH_NOT_FOUND, BatchNotInState, ALREADY_APPROVED,
    NO_PENDING_APPROVAL. Ledger: campaign:undo:approved; campaign:batch:stopped or campaign:batch:undo_requested.
    """
    role = require_approver(authority, Permission.APPROVE_UNDO)
    with action():
        batch = lock_batch(batch_id, *_CAN_BE_UNDONE)
        request = _open_or_new(authority, batch_id, because, on=on)

        def enter(made: Approvals) -> EntryId:
            facts: dict[str, str | int | bool] = {
                "batch": str(batch_id), "because": str(request.because), "enough": made.enough, "people": len(made.people),
                "request": str(request.request_id),
            }  # fmt: skip
            return append_entry(
                authority, verb=Verb.UNDO_APPROVED, role=role, on=on, pack=batch.pack_hash, facts=facts
            )

        made = approve(
            authority,
            Permission.APPROVE_UNDO,
            request.request_id,
            content=request.because,
            on=on,
            enter=enter,
        )
        if not made.enough:
            if batch.state == BatchState.RUNNING:
                stop_batch(authority, batch_id, on=on, because=str(request.because))
            return WorkState.PENDING
        _end(request, WorkState.DONE)
        request_undo(authority, batch_id, on=on)
    return WorkState.DONE


def withdraw_undo(authority: Authority, batch_id: BatchId, *, on: dt.date) -> None:
    """Withdraw an undo that waits for the second person. A batch that it stopped stays stopped.

    Refuses: NOT_ALLOWED, BATCH_NOT_FOUND, BatchNotInState, NO_PENDING_APPROVAL. Ledger: campaign:undo:withdrawn.
    """
    role = require(authority, Permission.APPROVE_UNDO)
    with action():
        batch = lock_batch(batch_id, *_CAN_BE_UNDONE)
        request = open_request(WorkKind.UNDO, batch_id)
        if request is None:
            raise NO_PENDING_APPROVAL()
        facts = {"batch": str(batch_id), "request": str(request.request_id)}

        def enter() -> EntryId:
            return append_entry(
                authority, verb=Verb.UNDO_WITHDRAWN, role=role, on=on, pack=batch.pack_hash, facts=facts
            )

        withdraw(authority, Permission.APPROVE_UNDO, request.request_id, on=on, enter=enter)
        _end(request, WorkState.WITHDRAWN)


def pending_undos() -> list[PendingSubject]:
    """Return the undos that wait for the second person."""
    return [
        PendingSubject(
            one.request_id, "undo_batch", one.requested_at, str(one.batch_id), content=one.because,
            requested_by=StaffId(one.requested_by),
        )
        for one in WorkRequest.objects.filter(
            kind=WorkKind.UNDO.value, state=WorkState.PENDING.value
        ).order_by("requested_at")
    ]  # fmt: skip


def _open_or_new(
    authority: Authority, batch_id: BatchId, because: StopReason | None, *, on: dt.date
) -> WorkRequest:
    request = open_request(WorkKind.UNDO, batch_id)
    if request is not None:
        return request
    if because is None or authority.staff_id is None:
        raise NO_PENDING_APPROVAL()
    request_id = create_request(
        authority.staff_id, WorkKind.UNDO, WorkState.PENDING, batch_id=batch_id, because=because.value, on=on
    )
    return WorkRequest.objects.get(request_id=request_id)


def _end(request: WorkRequest, state: WorkState) -> None:
    WorkRequest.objects.filter(request_id=request.request_id).update(state=state.value, ended_at=clock.now())
