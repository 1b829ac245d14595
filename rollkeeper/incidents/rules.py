# SPDX-License-Identifier: EUPL-1.2
"""Which duties an incident brings, and when each clock is over. Pure."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from rollkeeper.incidents.choices import Severity
from rollkeeper.law.schema import Breach
from rollkeeper.law.schema_common import Duration

type IsClosed = Callable[[dt.date], bool]


@dataclass(frozen=True, slots=True)
class DutyClock:
    """One duty: towards whom, by which article, and the instant of its deadline."""

    to: str
    article: str
    within: str
    due_at: dt.datetime
    in_time_until: dt.datetime
    """The last instant at which it is met in time: for a duty to act at once, the pack may allow some time after `due_at`."""
    is_second: bool = False
    exempt_if_encrypted: bool = False


def duties(
    breach: Sequence[Breach],
    *,
    severity: Severity,
    noticed_at: dt.datetime,
    zone: ZoneInfo,
    is_closed: IsClosed,
    at_once: Duration | None = None,
) -> list[DutyClock]:
    """Return every duty that the pack lays down for an incident of this severity, with its clock."""
    found = []
    for leaf in breach:
        if leaf.severity == "serious" and severity is not Severity.SERIOUS:
            continue
        lengths = [(leaf.within, False)] + ([(leaf.second_report, True)] if leaf.second_report else [])
        found += [
            DutyClock(
                to=leaf.to,
                article=leaf.because.article,
                within=length if isinstance(length, str) else f"{length.n} {length.unit}",
                due_at=over_at(length, noticed_at=noticed_at, zone=zone, is_closed=is_closed),
                in_time_until=over_at(
                    (at_once or length) if isinstance(length, str) else length,
                    noticed_at=noticed_at,
                    zone=zone,
                    is_closed=is_closed,
                ),
                is_second=second,
                exempt_if_encrypted=leaf.exempt_if == "encrypted",
            )
            for length, second in lengths
        ]
    return found


def over_at(
    length: Duration | str, *, noticed_at: dt.datetime, zone: ZoneInfo, is_closed: IsClosed
) -> dt.datetime:
    """Return the instant at which a clock is over: hours run through nights and holidays, days end at midnight.

    The day on which the incident was noticed does not count as a day. The clock of a duty to act at once is over as it starts.
    """
    if isinstance(length, str):
        return noticed_at
    if length.unit == "hour":
        return noticed_at + dt.timedelta(hours=length.n)
    day, left = noticed_at.astimezone(zone).date(), length.n
    while left:
        day += dt.timedelta(days=1)
        left -= length.unit == "day" or not is_closed(day)
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)


def is_in_time(in_time_until: dt.datetime, *, met_at: dt.datetime) -> bool:
    """Tell whether a duty was met in time."""
    return met_at <= in_time_until
