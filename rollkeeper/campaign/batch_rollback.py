# SPDX-License-Identifier: EUPL-1.2
"""Undo a batch: every line still in the state in which the batch left it returns to its earlier state, and gets the days back.

It goes chunk by chunk like a run and may be interrupted safely: a restored line is no longer 'done'. Only this batch's
suspensions are removed. Lines registered or terminated since then are left unchanged; a terminated line comes back only while its
own number is in quarantine. A campaign that was closed meanwhile is opened again; if another one is open, that one counts the
restored lines.
"""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.batch_control import CAN_UNDO, lock_batch
from rollkeeper.campaign.batch_execution import CHUNK
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.court_stays import known_stays, postpone_commands
from rollkeeper.campaign.errors import BatchNotInState
from rollkeeper.campaign.models import Batch, Chunk
from rollkeeper.campaign.open_campaign import campaigns_under_way
from rollkeeper.campaign.rules import next_open_day
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind
from rollkeeper.notices.services import withdraw_of_line


@dataclass(frozen=True, slots=True)
class UndoResult:
    """The result of an undo. `left_alone` counts lines that were registered or terminated since, or whose number belongs to
    another line.
    """

    batch_id: BatchId
    undone: int
    left_alone: int


def requested_undos() -> list[BatchId]:
    """Return the batches whose undo the back office requested, the latest first: a line's termination is undone before its suspension."""
    asked = Batch.objects.filter(state=BatchState.UNDO_REQUESTED.value).order_by("-prepared_at")
    return [BatchId(batch_id) for batch_id in asked.values_list("batch_id", flat=True)]


def undo_requested(
    authority: Authority, *, on: dt.date, moved: Callable[[int], None] = lambda _: None
) -> list[UndoResult]:
    """Undo the batches whose undo the back office requested. Two concurrent calls undo each batch once.

    Refuses: NOT_ALLOWED. Ledger: as of `undo_batch`.
    """
    undone = []
    for batch_id in requested_undos():
        with suppress(BatchNotInState):  # Another run has undone the batch meanwhile.
            undone.append(undo_batch(authority, batch_id, on=on, moved=moved))
    return undone


def undo_batch(
    authority: Authority, batch_id: BatchId, *, on: dt.date, moved: Callable[[int], None] = lambda _: None
) -> UndoResult:
    """Return every line of a batch to its former state, with its clock time, and notify each of a new last day. Also ends a run under way.

    Refuses: NOT_ALLOWED, BATCH_NOT_FOUND, BatchNotInState. Ledger: line:line:restored a line, campaign:batch:undone.
    """
    role = require(authority, Permission.UNDO_BATCH)
    undone = left_alone = after = 0
    _begin(batch_id, on=on)
    while True:
        with action():
            batch = lock_batch(batch_id, *CAN_UNDO)
            found = _slice(authority, role, batch, after=after, chunk=CHUNK, on=on)
            if found is None:
                if not _is_suspended_again(batch):
                    _finish(authority, role, batch, on=on)
                    return UndoResult(batch_id, undone, left_alone)
                after = left_alone = 0
                continue
        after = found.last
        undone, left_alone = undone + found.undone, left_alone + found.left_alone
        moved(found.undone + found.left_alone)


def restore_terminated_line(authority: Authority, line_id: LineId, *, role: str, on: dt.date) -> bool:
    """Restore one line that a batch terminated; return whether it was restored. Afterwards the line is suspended, as before.

    Precondition: the line is locked, in the transaction of the service that decided that the termination was wrong. Ledger: line:line:restored.
    """
    found = rows(
        "SELECT b.batch_id, b.position FROM campaign_batchline b JOIN campaign_batch t USING (batch_id)"
        " WHERE b.line_id = %s AND t.action = 'terminate' AND b.outcome = 'done' ORDER BY b.done_at DESC LIMIT 1",
        [line_id],
    )
    for row in found:
        batch = Batch.objects.get(batch_id=row.batch_id)
        turn = _slice(authority, role, batch, after=row.position - 1, chunk=1, on=on)
        _reopen_campaign(batch)
        withdraw_of_line(line_id, NoticeKind.SUSPENDED)
        return turn is not None and turn.undone == 1
    return False


def _begin(batch_id: BatchId, *, on: dt.date) -> None:
    """Let no run begin another chunk during the undo, so that no line that will be restored loses service."""
    with action():
        lock_batch(batch_id, *CAN_UNDO)
        Batch.objects.filter(batch_id=batch_id).update(state=BatchState.UNDO_REQUESTED.value)
        postpone_commands(on, of_batch=batch_id)


@dataclass(frozen=True, slots=True)
class _Slice:
    last: int
    undone: int
    left_alone: int


def _slice(
    authority: Authority, role: str, batch: Batch, *, after: int, chunk: int, on: dt.date
) -> _Slice | None:
    """Restore the next lines; None if there are no more."""
    values = _values(authority, role, batch, on) | {"after": after, "chunk": chunk}
    run("DROP TABLE IF EXISTS pg_temp.batch_slice, pg_temp.slice_verdict")
    run(sql("campaign", "rollback_slice"), values)
    if not run(sql("campaign", "lock_rollback_slice")):
        return None
    run(sql("campaign", "rollback_verdicts"), values)
    run(sql("campaign", f"rollback_{batch.action}"), values)
    (counts,) = rows(
        "SELECT max(position) AS last, count(*) FILTER (WHERE can_be_undone) AS undone,"
        " count(*) FILTER (WHERE NOT can_be_undone) AS left_alone FROM slice_verdict"
    )
    Chunk.objects.create(batch_id=batch.batch_id, ran_at=clock.now(), undone=counts.undone)
    return _Slice(counts.last, counts.undone, counts.left_alone)


def _is_suspended_again(batch: Batch) -> bool:
    """Tell whether a terminated line has already been restored to this batch's suspension by another undo."""
    with without_timeout():
        (found,) = rows(
            "SELECT EXISTS (SELECT FROM campaign_batchline b, LATERAL (SELECT FROM lines_suspension s JOIN lines_line l USING (line_id)"
            " WHERE s.line_id = b.line_id AND s.batch_id = b.batch_id AND s.restored_on IS NULL AND l.state = 'suspended'"
            " AND NOT EXISTS (SELECT FROM lines_suspension n WHERE n.line_id = s.line_id AND n.reason = 'registration'"
            " AND n.restored_on IS NULL AND n.step > s.step) OFFSET 0) s"
            " WHERE b.batch_id = %s AND b.outcome = 'done') AS there",
            [batch.batch_id],
        )
    return bool(found.there)


def _finish(authority: Authority, role: str, batch: Batch, *, on: dt.date) -> None:
    _reopen_campaign(batch)
    _request_undo_of_suspension(batch)
    Batch.objects.filter(batch_id=batch.batch_id).update(state=BatchState.UNDONE.value)
    (found,) = rows(
        "SELECT coalesce(sum(undone), 0)::integer AS undone FROM campaign_chunk WHERE batch_id = %s",
        [batch.batch_id],
    )
    facts = {"batch": str(batch.batch_id), "undone": found.undone}
    append_entry(authority, verb=Verb.BATCH_UNDONE, role=role, on=on, pack=batch.pack_hash, facts=facts)


def _reopen_campaign(batch: Batch) -> None:
    """Reopen the batch's campaign if it was closed since then and no other counts the restored lines; otherwise no campaign would count them."""
    run(
        "UPDATE campaign_campaign SET closed_on = NULL WHERE campaign_id = %s AND closed_on IS NOT NULL AND campaign_id = %s"
        " AND EXISTS (SELECT FROM campaign_tally WHERE campaign_id = %s AND stage IN ('running', 'suspended')"
        " GROUP BY campaign_id HAVING sum(lines) > 0)",
        [batch.campaign_id, _counting_campaign_id(batch), batch.campaign_id],
    )


def _request_undo_of_suspension(batch: Batch) -> None:
    """Request again the undo of earlier batches that still bar lines restored here; it passed over these lines, as they were further on then.

    Also request it where such an undo is under way: it may have looked for these lines before they were restored.
    """
    if batch.step == 1:
        return  # The first bar has no earlier one, so no undo can have passed over a line.
    with without_timeout():
        run(
            "UPDATE campaign_batch SET state = 'undo_requested' WHERE state IN ('undone', 'undo_requested') AND action = 'suspend' AND batch_id IN ("
            "SELECT s.batch_id FROM campaign_batchline b JOIN lines_suspension s USING (line_id)"
            " WHERE b.batch_id = %s AND b.outcome = 'undone' AND s.restored_on IS NULL)",
            [batch.batch_id],
        )


def _counting_campaign_id(batch: Batch) -> UUID:
    """Return the campaign that counts restored lines: their own, or, if it is closed, the open one of the same name or of another law."""
    (own,) = rows(
        "SELECT law_id, campaign_name, closed_on FROM campaign_campaign WHERE campaign_id = %s",
        [batch.campaign_id],
    )
    if own.closed_on is None:
        return batch.campaign_id
    others = [
        one for one in campaigns_under_way() if one.law_id != own.law_id or one.name == own.campaign_name
    ]
    return others[-1].campaign_id if others else batch.campaign_id


def _new_last_day(batch: Batch, on: dt.date) -> dict[str, Any]:
    """Return the last day to name to subscribers of restored lines (an open day), and how many days before it the reminder is sent.

    An undo never fails because of a pack: if it cannot be read any more, or has no campaign, the last day is the next day. While
    a stay has no end, or the law is not in force yet, the day is unknown and no notice is sent.
    """
    tomorrow = on + dt.timedelta(days=1)
    (campaign,) = rows(
        "SELECT pack_id, campaign_name, begins_on FROM campaign_campaign WHERE campaign_id = %s",
        [_counting_campaign_id(batch)],
    )
    try:
        pack = load_pack(campaign.pack_id)
        pack = pack.of(campaign.campaign_name) if pack.has_campaign else pack
    except RollkeeperError:
        return {"last_day": tomorrow, "lead_days": None, "begins_on": campaign.begins_on}
    if not pack.has_campaign:
        return {"last_day": tomorrow, "lead_days": None, "begins_on": campaign.begins_on}
    last_day = (
        next_open_day(pack, on, stays=known_stays(_counting_campaign_id(batch)))
        if campaign.begins_on <= on
        else None
    )
    return {
        "last_day": last_day, "lead_days": max(pack.reminders, default=None), "begins_on": campaign.begins_on,
    }  # fmt: skip


def _values(authority: Authority, role: str, batch: Batch, on: dt.date) -> dict[str, Any]:
    return _new_last_day(batch, on) | {
        "batch_id": batch.batch_id,
        "campaign_id": batch.campaign_id,
        "counting_campaign_id": _counting_campaign_id(batch),
        "action": batch.action,
        "step": batch.step,
        "language": NO_LANGUAGE,
        "on": on,
        "at": clock.now(),
        "verb": Verb.LINE_RESTORED.value,
        "article": None,
        "role": str(role),
        "actor": authority.commitment,
        "staff_id": authority.staff_id,
        "pack_hash": batch.pack_hash,
    }
