# SPDX-License-Identifier: EUPL-1.2
"""Undo a batch from its page: two people approve it, the first gives a reason, and the batch is stopped from then on.

No line is restored until the second person approves; but a running batch is stopped at once, which harms no one.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.choices import RequestJob, RequestState
from rollkeeper.access.dual_control import Approvals, PendingSubject, approve, require_approver, withdraw
from rollkeeper.access.errors import NO_PENDING_APPROVAL
from rollkeeper.access.roles import Permission
from rollkeeper.access.staff_requests import RequestView, ask, last_request, pending_requests, settle_pending
from rollkeeper.campaign.batch_control import lock_batch, request_undo, stop_batch
from rollkeeper.campaign.choices import BatchState, StopReason, WorkKind
from rollkeeper.campaign.work_requests import key_of
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import BatchId, EntryId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

_KIND = key_of(WorkKind.UNDO)
_CAN_BE_UNDONE = (BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE)


def approve_undo(
    authority: Authority, batch_id: BatchId, *, because: StopReason | None, on: dt.date
) -> RequestState:
    """Request an undo as the first person, with the reason, or approve it as the second; return `done` once enough people have approved.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, ReauthenticationNeeded, BATCH_NOT_FOUND, BatchNotInState, ALREADY_APPROVED,
    NO_PENDING_APPROVAL. Ledger: campaign:undo:approved; campaign:batch:stopped or campaign:batch:undo_requested.
    """
    role = require_approver(authority, Permission.APPROVE_UNDO)
    with action():
        batch = lock_batch(batch_id, *_CAN_BE_UNDONE)
        request = _open_or_new(authority, batch_id, because)

        def enter(made: Approvals) -> EntryId:
            facts: dict[str, str | int | bool] = {
                "batch": str(batch_id), "because": _reason(request), "enough": made.enough, "people": len(made.people),
                "request": str(request.request_id),
            }  # fmt: skip
            return append_entry(
                authority, verb=Verb.UNDO_APPROVED, role=role, on=on, pack=batch.pack_hash, facts=facts
            )

        made = approve(
            authority,
            Permission.APPROVE_UNDO,
            request.request_id,
            content=_reason(request),
            on=on,
            enter=enter,
        )
        if not made.enough:
            if batch.state == BatchState.RUNNING:
                stop_batch(authority, batch_id, on=on, because=_reason(request))
            return RequestState.PENDING
        settle_pending(request.request_id, is_done=True)
        request_undo(authority, batch_id, on=on)
    return RequestState.DONE


def withdraw_undo(authority: Authority, batch_id: BatchId, *, on: dt.date) -> None:
    """Withdraw an undo that waits for the second person. A batch that it stopped stays stopped.

    Refuses: NOT_ALLOWED, BATCH_NOT_FOUND, BatchNotInState, NO_PENDING_APPROVAL. Ledger: campaign:undo:withdrawn.
    """
    role = require(authority, Permission.APPROVE_UNDO)
    with action():
        batch = lock_batch(batch_id, *_CAN_BE_UNDONE)
        request = last_request(_KIND, batch_id, is_open=True)
        if request is None:
            raise NO_PENDING_APPROVAL()
        facts = {"batch": str(batch_id), "request": str(request.request_id)}

        def enter() -> EntryId:
            return append_entry(
                authority, verb=Verb.UNDO_WITHDRAWN, role=role, on=on, pack=batch.pack_hash, facts=facts
            )

        withdraw(authority, Permission.APPROVE_UNDO, request.request_id, on=on, enter=enter)
        settle_pending(request.request_id, is_done=False)


def pending_undos() -> list[PendingSubject]:
    """Return the undos that wait for the second person."""
    return [
        PendingSubject(
            one.request_id, "undo_batch", one.requested_at, str(one.subject), content=_reason(one), requested_by=one.staff_id,
        )
        for one in pending_requests(_KIND)
    ]  # fmt: skip


def _open_or_new(authority: Authority, batch_id: BatchId, because: StopReason | None) -> RequestView:
    if last_request(_KIND, batch_id, is_open=True) is None:
        if because is None:
            raise NO_PENDING_APPROVAL()
        facts = {"because": because.value}
        ask(
            authority,
            _KIND,
            job=RequestJob.CAMPAIGN,
            subject=batch_id,
            facts=facts,
            is_pending=True,
            is_kept=True,
        )
    found = last_request(_KIND, batch_id, is_open=True)
    assert found is not None  # noqa: S101 - written above, or there before
    return found


def _reason(request: RequestView) -> str:
    return str(request.facts["because"])
