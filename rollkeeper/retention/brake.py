# SPDX-License-Identifier: EUPL-1.2
"""The brake on erasures: more than a share of the register in one day needs two people, since no one can restore it.

Document copies that are erased before their records are counted, stopped and approved separately from whole records.
"""

import datetime as dt
import math

from django.db.models import Q

from rollkeeper.access.authority import Authority
from rollkeeper.access.dual_control import (
    Approvals,
    PendingSubject,
    approvals_of,
    approve,
    have_enough_approvers,
)
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import prepared_rows, rows, run, sql
from rollkeeper.kernel.ids import EntryId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.retention.errors import COPIES_STOPPED, ERASURE_STOPPED, NO_ERASURE_STOPPED
from rollkeeper.retention.models import ErasureBrake, ErasureRun
from rollkeeper.retention.settings import settings

_HEADROOM = 1.1
"""Approvals stay valid while a few more records become due before the next run."""


def hold_back(due: int, *, on: dt.date, of_copies: bool = False) -> None:
    """Let an erasure of this many records pass, or stop it and record the stop. Call it outside an action.

    An erasure that passes without approvals ends an earlier stop and its approvals, since the next stop has another cause.
    Refuses: ERASURE_STOPPED, COPIES_STOPPED.
    """
    if not due:
        _end_stop(of_copies=of_copies)
        return
    counted = "copies" if of_copies else "records"
    erased = ErasureRun.objects.filter(day=on).values_list(counted, flat=True).first() or 0
    lines = int(rows(sql("retention", "register_size"))[0].lines)
    most = max(settings().erase_per_day_least, math.floor(lines * settings().erase_per_day_percent / 100))
    total, stopped = erased + due, stopped_erasure(of_copies=of_copies)
    if total <= most:
        _end_stop(of_copies=of_copies)
        return
    if _is_let_pass(total, on=on, of_copies=of_copies):
        return
    if stopped is None or stopped.approvable < total:
        _end_stop(of_copies=of_copies)
        ErasureBrake.objects.create(
            brake_id=new_uuid(), of_copies=of_copies, stopped_at=clock.now(), due=total,
            approvable=math.ceil(total * _HEADROOM),
        )  # fmt: skip
    refusal = COPIES_STOPPED if of_copies else ERASURE_STOPPED
    raise refusal(due=due, lines=lines, most=most)


def _end_stop(*, of_copies: bool) -> None:
    ErasureBrake.objects.filter(lifted_on=None, of_copies=of_copies).delete()


def _is_let_pass(total: int, *, on: dt.date, of_copies: bool) -> bool:
    """Tell whether enough people approved the erasure of this many on this day; an approved run that was killed goes on by the same approvals."""
    for one in ErasureBrake.objects.filter(
        Q(lifted_on=None) | Q(lifted_on=on), of_copies=of_copies, approvable__gte=total
    ):
        if _is_approved(one, on=on):
            ErasureBrake.objects.filter(brake_id=one.brake_id).update(lifted_on=on)
            return True
    return False


def note_erased(records: int, *, on: dt.date) -> None:
    """Add the records that a chunk erased to the day's count."""
    run("UPDATE retention_run SET records = records + %s WHERE day = %s", [records, on])


def note_copies_erased(records: int, *, on: dt.date) -> None:
    """Add the records whose document copies a chunk erased to the day's count."""
    run("UPDATE retention_run SET copies = copies + %s WHERE day = %s", [records, on])


def stopped_erasure(*, of_copies: bool) -> ErasureBrake | None:
    """Return the erasure of copies, or of whole records, that was stopped and waits for approval."""
    return ErasureBrake.objects.filter(lifted_on=None, of_copies=of_copies).first()


def approve_erasure(authority: Authority, *, on: dt.date, of_copies: bool = False) -> Approvals:
    """Approve the erasure of records, or of copies, that was stopped, as one of two people; the next run carries it out.

    Ledger: retention:erasure:approved. Refuses: NO_ERASURE_STOPPED, NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, ALREADY_APPROVED.
    """
    stopped = stopped_erasure(of_copies=of_copies)
    if stopped is None:
        raise NO_ERASURE_STOPPED()
    records = stopped.approvable

    def enter(made: Approvals) -> EntryId:
        role = authority.role_for(Permission.APPROVE_ERASURE)
        assert role is not None  # noqa: S101 - `approve` has demanded it
        return append_entry(
            authority, verb=Verb.ERASURE_APPROVED, role=role.value, on=on,
            facts={"enough": made.enough, "people": len(made.people), "records": records},
        )  # fmt: skip

    return approve(
        authority, Permission.APPROVE_ERASURE, stopped.brake_id, on=on, content=_content(stopped), enter=enter
    )


def pending_erasures() -> list[PendingSubject]:
    """Return the erasures that wait for approvers: of records, and of copies."""
    return [
        PendingSubject(
            one.brake_id, "erasure_of_copies" if one.of_copies else "erasure", one.stopped_at, str(one.brake_id), content=_content(one)
        )
        for one in prepared_rows("SELECT brake_id, of_copies, stopped_at, approvable FROM retention_brake WHERE lifted_on IS NULL")
    ]  # fmt: skip


def _content(stopped: ErasureBrake) -> str:
    """Return the content of an approval: the most records, or the most records whose copies are erased."""
    return f"copies {stopped.approvable}" if stopped.of_copies else str(stopped.approvable)


def _is_approved(stopped: ErasureBrake, *, on: dt.date) -> bool:
    given = approvals_of(Permission.APPROVE_ERASURE, [stopped.brake_id])
    people = {one.staff_id for one in given if one.content == _content(stopped)}
    return have_enough_approvers(Permission.APPROVE_ERASURE, people, on=on)
