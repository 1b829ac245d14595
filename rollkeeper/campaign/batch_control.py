# SPDX-License-Identifier: EUPL-1.2
"""Approve a batch, stop one, request its undo. None of these touches a line: the back office may do them all."""

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from django.db.models import F

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import Approvals, approve
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.court_stays import postpone_commands
from rollkeeper.campaign.errors import BATCH_NOT_FOUND, BatchNotInState
from rollkeeper.campaign.models import Batch, Complaint, EmergencyCount
from rollkeeper.campaign.queries import last_batch_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, run
from rollkeeper.kernel.ids import BatchId, EntryId, LineId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

BY_A_PERSON: Final = "stopped by a person"
_CAN_STOP = (BatchState.WAITING, BatchState.APPROVED, BatchState.RUNNING)
CAN_UNDO = (BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE, BatchState.UNDO_REQUESTED)


def approve_batch(authority: Authority, batch_id: BatchId, *, on: dt.date) -> BatchState:
    """Approve a batch as one person; return its state, which is `approved` once enough people have.

    The person who prepared it may approve it, but not alone. Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, BATCH_NOT_FOUND,
    BatchNotInState, ALREADY_APPROVED. Ledger: campaign:batch:approved.
    """
    role = require(authority, Permission.APPROVE_BATCH)  # `approve` requires the rest
    with action():
        batch = lock_batch(batch_id, BatchState.WAITING)

        def enter(made: Approvals) -> EntryId:
            facts: dict[str, str | int | bool] = {
                "batch": str(batch_id), "enough": made.enough, "people": len(made.people),
            }  # fmt: skip
            if batch.content:
                facts["content"] = batch.content
            return append_entry(
                authority, verb=Verb.BATCH_APPROVED, role=role, on=on, pack=batch.pack_hash, facts=facts
            )

        made = approve(
            authority, Permission.APPROVE_BATCH, batch_id, content=batch.content, on=on, enter=enter
        )
        return _move(batch_id, BatchState.APPROVED) if made.enough else BatchState.WAITING


def stop_batch(authority: Authority, batch_id: BatchId, *, on: dt.date, because: str = BY_A_PERSON) -> None:
    """Stop a batch permanently; a run under way stops before its next chunk, and unsent network commands wait for a day.

    `because` stays in the register; the ledger says that a person stopped it, since free text could name one.

    Refuses: NOT_ALLOWED, BATCH_NOT_FOUND, BatchNotInState. Ledger: campaign:batch:stopped.
    """
    role = require(authority, Permission.STOP_BATCH)
    with action():
        batch = lock_batch(batch_id, *_CAN_STOP)
        _move(batch_id, BatchState.STOPPED, because=because)
        postpone_commands(on, of_batch=batch_id)
        facts = {"batch": str(batch_id), "because": "person"}
        append_entry(authority, verb=Verb.BATCH_STOPPED, role=role, on=on, pack=batch.pack_hash, facts=facts)


def stop_all_batches(authority: Authority, *, on: dt.date) -> int:
    """Stop every batch that could still act on a line; return how many. Refuses: NOT_ALLOWED. Ledger: campaign:batch:stopped for each."""
    waiting = Batch.objects.filter(state__in=[state.value for state in _CAN_STOP]).order_by("prepared_at")
    found = [BatchId(batch_id) for batch_id in waiting.values_list("batch_id", flat=True)]
    return stop_batches(authority, found, on=on)


def stop_batches(
    authority: Authority, batch_ids: Iterable[BatchId], *, on: dt.date, because: str = BY_A_PERSON
) -> int:
    """Stop each of these batches and skip those that ended meanwhile; return how many were stopped.

    Refuses: NOT_ALLOWED, BATCH_NOT_FOUND. Ledger: campaign:batch:stopped for each.
    """
    stopped = 0
    for batch_id in batch_ids:
        with suppress(BatchNotInState):
            stop_batch(authority, batch_id, on=on, because=because)
            stopped += 1
    return stopped


def request_undo(authority: Authority, batch_id: BatchId, *, on: dt.date) -> None:
    """Ask that a batch be undone: it goes no further at once, and the next run puts its lines back.

    Refuses: NOT_ALLOWED, BATCH_NOT_FOUND, BatchNotInState. Ledger: campaign:batch:undo_requested.
    """
    role = require(authority, Permission.UNDO_BATCH)
    with action():
        batch = lock_batch(batch_id, *CAN_UNDO)
        _move(batch_id, BatchState.UNDO_REQUESTED)
        postpone_commands(on, of_batch=batch_id)
        facts = {"batch": str(batch_id)}
        append_entry(authority, verb=Verb.UNDO_REQUESTED, role=role, on=on, pack=batch.pack_hash, facts=facts)


def record_complaint(authority: Authority, line_id: LineId, *, on: dt.date) -> BatchId | None:
    """Record a complaint that the campaign was wrong about a line; return the batch that last acted on it, if any.

    Refuses: NOT_ALLOWED. Ledger: campaign:complaint:recorded.
    """
    role = require(authority, Permission.EXPLAIN_LINE)
    with action():
        batch_id = count_complaint(line_id)
        facts = {"batch": str(batch_id)} if batch_id else {}
        append_entry(authority, verb=Verb.COMPLAINT_RECORDED, role=role, on=on, line_id=line_id, facts=facts)
    return batch_id


def count_complaint(line_id: LineId) -> BatchId | None:
    """Count a complaint against the batch that last acted on a line; return that batch, if any.

    Precondition: the caller's action, such as the opening of a dispute, leaves its ledger entry.
    """
    batch_id = last_batch_of(line_id)
    if batch_id is not None:
        Complaint.objects.create(
            line_id=line_id, complaint_id=new_uuid(), batch_id=batch_id, made_at=clock.now()
        )
    return batch_id


def record_emergency_count(authority: Authority, anomalies: int, *, on: dt.date) -> None:
    """Record how many emergency calls failed in the last hour in the whole network: a number and nothing else.

    A sharp rise stops every running batch before its next chunk. Refuses: NOT_ALLOWED. Ledger: campaign:emergency_count:recorded.
    """
    role = require(authority, Permission.RECORD_EMERGENCY_COUNT)
    with action():
        EmergencyCount.objects.create(counted_at=clock.now(), anomalies=anomalies)
        facts = {"anomalies": anomalies}
        append_entry(authority, verb=Verb.EMERGENCY_COUNT_RECORDED, role=role, on=on, facts=facts)


def lock_batch(batch_id: BatchId, *states: BatchState) -> Batch:
    """Lock a batch to the end of the transaction, in one of these states. Refuses: BATCH_NOT_FOUND, BatchNotInState.

    Waits for the chunk that is under way, and for the lines of the next one, however long that takes: a stop or an undo must not
    fail because it had to wait.
    """
    run("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
    batch = Batch.objects.select_for_update().filter(batch_id=batch_id).first()
    if batch is None:
        raise BATCH_NOT_FOUND(batch=batch_id)
    if batch.state not in states:
        raise BatchNotInState(batch=batch_id, state=batch.state, needed=" or ".join(states))
    return batch


def _move(batch_id: BatchId, state: BatchState, *, because: str | None = None) -> BatchState:
    Batch.objects.filter(batch_id=batch_id).update(state=state.value, stop_reason=because or F("stop_reason"))
    return state
