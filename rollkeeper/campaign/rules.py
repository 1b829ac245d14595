# SPDX-License-Identifier: EUPL-1.2
"""How far a batch may go now, and on which days anything may be done at all. Pure: numbers and days in, verdict out.

The law counts the days of each line (`law.rules`, `law.clock_sql`); here are the operator's own safety limits: the pilot share,
an hourly limit, an automatic stop.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.law.calendars import is_closed
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import Allowed, Decision, Refused

type Days = tuple[dt.date, dt.date | None]

HORIZON_DAYS = 60
"""How many days beyond the counted days the calendar is read: more than any run of closed days."""


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """The operator's settings for batches."""

    pilot_hours: int
    abort_at_complaints: float
    abort_at_failed_read_backs: float
    abort_at_emergency_jump: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come. `done_last_hour` counts what all batches did."""

    line_count: int
    position_done: int
    done: int
    done_last_hour: int
    max_lines_per_hour: int
    pilot_count: int
    pilot_done_at: dt.datetime | None
    complaints: int
    failed_read_backs: int
    floor_breaks: int
    emergency_usual: float = 0.0
    """Failed emergency calls in an hour, on average of the week before the batch began."""
    emergency_worst: int = 0
    """The most in one hour since it began."""


@dataclass(frozen=True, slots=True)
class Go:
    """The number of lines that may have their turn now."""

    lines: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing may be done now."""

    why: str
    until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Stop:
    """The batch stops by itself and does not go on."""

    why: str


type Step = Go | Wait | Stop


def pilot_count(line_count: int, *, share: float) -> int:
    """Return how many lines the pilot has: at least one."""
    return min(line_count, math.ceil(line_count * share))


def watched_until(pilot_done_at: dt.datetime | None, *, pilot_hours: int) -> dt.datetime | None:
    """Return until when the pilot of a batch is watched; None if it is not finished yet."""
    return None if pilot_done_at is None else pilot_done_at + dt.timedelta(hours=pilot_hours)


def next_run_by_itself(now: dt.datetime, *, from_hour: int | None, due_on: dt.date) -> dt.datetime | None:
    """Return when an approved batch runs by itself: at this hour of its day, or now if that is past; None without an hour."""
    if from_hour is None:
        return None
    return max(now, dt.datetime.combine(due_on, dt.time(from_hour), now.tzinfo))


def covers(stay: Days, day: dt.date) -> bool:
    """Tell whether a stay covers a day; its first and last day are included."""
    first, last = stay
    return first <= day and (last is None or day <= last)


def may_act_on(pack: Pack, day: dt.date, *, stays: Sequence[Days]) -> Decision:
    """Tell whether any line may lose service on that day. Law: art. 3, and the civil law's art. 154."""
    article = pack.campaign.suspension_article
    if any(covers(stay, day) for stay in stays):
        return Refused(article, "a stay is in force", "Wait until the stay ends.")
    if is_closed(pack, day):
        return Refused(
            article, "the counters that could restore a line are closed", "Wait for the next open day."
        )
    return Allowed(article)


def next_open_day(pack: Pack, after: dt.date, *, stays: Sequence[Days]) -> dt.date | None:
    """Return the next day on which a line may lose service; None if an open stay makes it unknown."""
    days = (after + dt.timedelta(days=ahead) for ahead in range(1, HORIZON_DAYS))
    return next((day for day in days if isinstance(may_act_on(pack, day, stays=stays), Allowed)), None)


def next_step(progress: Progress, *, batch_limits: BatchLimits, now: dt.datetime, chunk: int) -> Step:
    """Tell how many lines may have their turn now, or why none may."""
    why = _must_stop(progress, batch_limits)
    if why is not None:
        return Stop(why)
    left, waits = _left_of_pilot(progress, batch_limits, now)
    if waits is not None:
        return waits
    allowance = progress.max_lines_per_hour - progress.done_last_hour
    if left > 0 and allowance <= 0:
        return Wait("the hourly limit is reached", now + dt.timedelta(hours=1))
    return Go(min(left, allowance, chunk) if left > 0 else 0)


def clipped(stays: Sequence[Days], *, on: dt.date) -> list[Days]:
    """Return the part of each stay up to a day: the rest of a stay may still be ended early."""
    return [(first, on if last is None else min(last, on)) for first, last in stays if first <= on]


def _must_stop(progress: Progress, batch_limits: BatchLimits) -> str | None:
    if progress.floor_breaks:
        return f"on {progress.floor_breaks} lines emergency, care or registration calls failed"
    worst, usual = progress.emergency_worst, round(progress.emergency_usual, 1)
    if worst >= max(1.0, progress.emergency_usual * batch_limits.abort_at_emergency_jump):
        return f"{worst} anomalies of emergency calls in an hour, {usual} before"
    done = max(progress.done, 1)
    if progress.complaints and progress.complaints / done >= batch_limits.abort_at_complaints:
        return f"{progress.complaints} complaints about {progress.done} lines"
    if (
        progress.failed_read_backs
        and progress.failed_read_backs / done >= batch_limits.abort_at_failed_read_backs
    ):
        return f"{progress.failed_read_backs} failed read-backs of {progress.done} lines"
    return None


def _left_of_pilot(
    progress: Progress, batch_limits: BatchLimits, now: dt.datetime
) -> tuple[int, Wait | None]:
    """Return how many lines of the pilot are left, or of the rest, and whether the rest must wait."""
    if progress.position_done < progress.pilot_count:
        return progress.pilot_count - progress.position_done, None
    left = progress.line_count - progress.position_done
    if left and progress.pilot_done_at is not None:
        until = watched_until(progress.pilot_done_at, pilot_hours=batch_limits.pilot_hours)
        if until is not None and now < until:
            return left, Wait("the pilot is out and is being watched", until)
    return left, None
