# SPDX-License-Identifier: EUPL-1.2
"""A small invented population in the real tables, and nights played on it as by an operator."""

import datetime as dt
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import batch_control, batch_execution, batch_planning, nightly, planning
from rollkeeper.campaign.models import Chunk
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import prepared_rows, rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.writes import lock_line
from tests.builders.lines import mark_registered, terminate_line
from tests.builders.notices import bounce_notices, deliver_notices
from tests.builders.past import make_older
from tests.refusals import is_refused_by

PACK = "cn-xz-2011"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def tell(line_id: LineId, on: dt.date, *, channel: str = "sms") -> None:
    """Mark a line's first notice as delivered."""
    deliver_notices(on, channel=channel, line_id=line_id, kind="register_by")


def bounce(line_id: LineId) -> None:
    bounce_notices(line_id=line_id, kind="register_by")


def register(line_id: LineId, on: dt.date) -> None:
    """Change a line as a registration does."""
    from rollkeeper.kernel.database import action

    with action():
        line = lock_line(line_id)
        if line.is_over:
            return
        mark_registered([line_id], on=on)


def end(line_id: LineId, on: dt.date) -> None:
    from rollkeeper.kernel.database import action

    with action():
        if not lock_line(line_id).is_over:
            terminate_line(line_id, by="subscriber", quarantined_until=on + dt.timedelta(days=90), on=on)


def let_an_hour_pass() -> None:
    """Move the time of the chunks that ran an hour into the past."""
    make_older(Chunk, dt.timedelta(hours=1), "ran_at")


def pause(line_id: LineId, first: dt.date, last: dt.date | None, on: dt.date) -> None:
    from rollkeeper.lines.services import pause_clock

    pause_clock(console_authority(), line_id, first, last, PauseReason.HOSPITAL, on)


def plan(on: dt.date, pack_id: str = PACK) -> planning.PlanResult:
    clock.set_demo_date(on)
    return planning.plan_campaigns(console_authority(), pack_id=pack_id, on=on)[0]


def approved_batches(
    on: dt.date,
    people: tuple[Authority, Authority],
    *,
    approving: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> list[BatchId]:
    """Prepare what is due on a day and approve it as two people, inside the context `approving`."""
    from rollkeeper.campaign.errors import DAY_CLOSED

    clock.set_demo_date(on)
    try:
        drawn = batch_planning.prepare_batches(console_authority(), due_on=on, on=on)
    except RollkeeperError as refused:
        if is_refused_by(refused, DAY_CLOSED):
            return []
        raise
    batch_ids = [due.batch_id for due in drawn if due.batch_id is not None]
    for batch_id in batch_ids:
        for one in people:
            with approving():
                batch_control.approve_batch(one, batch_id, on=on)
    return batch_ids


def night(on: dt.date, people: tuple[Authority, Authority]) -> list[batch_execution.BatchRunResult]:
    """Play one night: nightly run, prepare, approve, run."""
    clock.set_demo_date(on)
    nightly.run_nightly(worker_authority(), on=on)
    approved_batches(on, people)
    return [
        batch_execution.run_batch(worker_authority(), one, on=on)
        for one in batch_execution.batches_to_run(on=on)
    ]


def nights(first: str | dt.date, last: str | dt.date, people: tuple[Authority, Authority]) -> None:
    """Play the nights of a period for which a line or a batch waits; of the others only the first, every thirtieth and the last two.

    `test_differential` checks that a skipped night changes no line. `make soak` plays every night.
    """
    every = "ROLLKEEPER_EVERY_NIGHT" in os.environ
    first, last = (day(d) if isinstance(d, str) else d for d in (first, last))
    length = (last - first).days
    for ahead in range(length + 1):
        on = first + dt.timedelta(days=ahead)
        if every or ahead % 30 == 0 or length - ahead < 2 or _is_waited_for(on):
            night(on, people)


def _is_waited_for(on: dt.date) -> bool:
    return bool(
        prepared_rows(
            "SELECT FROM campaign_linechange"
            " UNION ALL SELECT FROM campaign_batch WHERE state IN ('waiting', 'approved', 'running', 'undo_requested')"
            " UNION ALL SELECT FROM campaign_member WHERE stage IN ('not_notified', 'running', 'suspended')"
            " AND least(next_check_on, remind_on) <= %s LIMIT 1",
            [on],
        )
    )


def fate(line_id: LineId) -> tuple[object, ...]:
    """Return (suspended_on, restored_on, terminated_on, terminated_by, erased_on) from the tables, and the days of further bars."""
    (found,) = rows(
        "SELECT s.begun_on, s.restored_on, l.terminated_on, l.terminated_by, l.erased_on FROM lines_line l"
        " LEFT JOIN lines_suspension s ON s.line_id = l.line_id AND s.reason = 'registration' AND s.step = 1"
        " WHERE l.line_id = %s",
        [line_id],
    )
    further = rows(
        "SELECT begun_on FROM lines_suspension WHERE line_id = %s AND reason = 'registration' AND step > 1 ORDER BY step",
        [line_id],
    )
    return (*found, tuple(row.begun_on for row in further))


def member(line_id: UUID) -> object:
    (found,) = rows("SELECT * FROM campaign_member WHERE line_id = %s", [line_id])
    return found


def state(line_id: UUID) -> str:
    return str(rows("SELECT state FROM lines_line WHERE line_id = %s", [line_id])[0].state)
