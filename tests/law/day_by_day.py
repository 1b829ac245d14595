"""The law computed naively, one day after another: slow, literal, and written from the specification alone.

It shares nothing with the engines but the names of the events and the library of public holidays.
"""

import datetime as dt
from dataclasses import dataclass, field

import holidays

from tests.builders.stages import Months

DAY = dt.timedelta(days=1)
START = dt.date(2012, 1, 1)
GRACE = 60
TWO: "Stages" = (30,)
"""How many days lie between two stages, of which the last is the end: those of the reference."""
_CN = holidays.country_holidays("CN")
LOSAR_AND_SHOTON = {dt.date(2012, 2, n) for n in (22, 23, 24, 27, 28)} | {
    dt.date(2012, 8, n) for n in (17, 20, 21, 22, 23)
}
"""Holidays of the region on which the country works."""

Stages = tuple[int | None, ...]
"""None at the end: the law has none."""
REGISTERING = {"registered", "declared", "sighted", "checked", "machine_read"}


@dataclass(frozen=True)
class Again:
    """A campaign in which registered subscribers verify: registered before a day, known with one of these assurances (empty: any)."""

    before: dt.date = dt.date.max
    assurances: frozenset[str] = frozenset()
    last_day: bool = False
    """Only registrations that were no longer good when their subscribers were notified."""
    lines_over: int | None = None
    """Only subscribers with more lines than so many; who has no more any longer is asked no more."""
    kinds: frozenset[str] = frozenset()
    """Only subscribers who are said to be of one of these kinds (empty: all)."""


@dataclass(frozen=True)
class Term:
    """From when the days of a campaign count, and how many, or `Months`."""

    start: dt.date = START
    grace: int = GRACE


Row = tuple[str, dt.date, str, dt.date | None]


@dataclass
class Line:
    activated: bool = False
    active_before_start: bool = False
    asked: bool | None = None
    registered: bool = False
    last_day: dt.date | None = None
    kind: str | None = None
    has_too_many: bool = False
    has_no_more: bool = False
    anchor: dt.date | None = None
    barred: list[dt.date] = field(default_factory=list)
    restored: dt.date | None = None
    ended: dt.date | None = None
    ended_by: str | None = None
    erased: dt.date | None = None
    rows: list[Row] = field(default_factory=list)


def outcomes(
    rows: list[Row], first: dt.date, last: dt.date, stages: Stages = TWO, again: Again | None = None, term: Term = Term()
) -> list[tuple]:  # fmt: skip
    """Return (line, suspended, restored, ended, ended by, erased, each further bar) for each line, sorted."""
    names = sorted({line for line, *_ in rows if line != "*"})
    return [
        _outcome(name, [row for row in rows if row[0] in {name, "*"}], first, last, stages, again, term)
        for name in names
    ]


def _outcome(
    name: str, rows: list[Row], first: dt.date, last: dt.date, stages: Stages, again: Again | None, term: Term
) -> tuple:
    rows = [row for row in rows if row[1] <= last]
    if any(of != "*" and event.startswith("lines:") for of, _, event, _ in rows):
        rows = [row for row in rows if row[0] != "*" or not row[2].startswith("lines:")]
    line = Line(
        rows=rows,
        last_day=min((on for _, on, event, _ in rows if event == "last_day"), default=None),
        kind=_kind([row for row in rows if row[0] != "*"]) or _kind(rows),
    )
    day = min([first, START, *(row[1] for row in rows)])
    while day <= last:
        today = [event for _, on, event, _ in rows if on == day]
        # What is recorded comes first, the end of the contract last.
        order = sorted(
            today, key=lambda event: (event == "ended", not _is_number(event), event not in REGISTERING)
        )
        order.sort(key=lambda event: -_number(event))
        order.sort(key=lambda event: event == "ended")
        _events(line, day, order, again, term)
        if day >= first and not _covered(rows, day, "outage"):
            _play_day(line, day, stages, again, term)
        day += DAY
    barred = [*line.barred, *[None] * (len(stages) - len(line.barred))]
    return (name, barred[0], line.restored, line.ended, line.ended_by, line.erased, *barred[1:])


def _kind(rows: list[Row]) -> str | None:
    return min(
        (event for _, _, event, _ in rows if event in {"individual", "minor", "company"}), default=None
    )


def _events(line: Line, day: dt.date, events: list[str], again: Again | None, term: Term) -> None:
    for event in events:
        if line.ended:
            return
        match event:
            case "activated":
                line.active_before_start |= day < START
            case "notice_delivered":
                # Who is notified before anything is recorded is asked nothing.
                line.asked = _is_told(line, day, again)
                line.anchor = line.anchor or max(day, term.start)
            case "registered" | "declared" | "sighted" | "checked" | "machine_read" if again:
                if line.asked is None:
                    kinds = set(events) & REGISTERING
                    line.asked = day < again.before and bool(not again.assurances or kinds & again.assurances)
                    line.asked &= not again.kinds or line.kind in again.kinds
            case (
                "registered"
                | "declared"
                | "sighted"
                | "checked"
                | "machine_read"
                | "verified"
                | "transferred"
            ):
                _settle(line, day)
            case _ if _is_number(event):
                _hear_number(line, day, _number(event), again)
            case "ended":
                line.ended, line.ended_by = day, "subscriber"


def _hear_number(line: Line, day: dt.date, number: int, again: Again | None) -> None:
    """Take in how many lines a subscriber has. A subscriber with no more than the number is not asked any more."""
    if not again or again.lines_over is None:
        return
    if number > again.lines_over:
        line.has_too_many = True
    elif line.has_too_many:
        line.has_no_more = True
        _settle(line, day)


def _settle(line: Line, day: dt.date) -> None:
    """End the request to a line; a barred line works again."""
    if line.barred and not line.registered:
        line.restored = day
    line.registered = True


def _is_told(line: Line, day: dt.date, again: Again | None) -> bool:
    """Tell whether a notice asks a line; only the first asks how many lines there are."""
    is_number_asked = again is not None and again.lines_over is not None and not line.anchor
    has_too_many = line.has_too_many and not line.has_no_more
    return bool(line.asked) and _is_over(line.last_day, day, again) and (has_too_many or not is_number_asked)


def _is_number(event: str) -> bool:
    return event.startswith("lines:")


def _number(event: str) -> int:
    return int(event.removeprefix("lines:")) if _is_number(event) else 0


def _is_over(last_day: dt.date | None, day: dt.date, again: Again | None) -> bool:
    return not (again and again.last_day) or (last_day is not None and last_day < day)


def _play_day(line: Line, day: dt.date, stages: Stages, again: Again | None, term: Term) -> None:
    """Take at most one step."""
    if line.erased:
        return
    if line.ended:
        kept = line.ended if _is_of_no_telephone(line.rows) else _a_year_later(line.ended, stages)
        if day > kept and not _covered(line.rows, day, "hold"):
            line.erased = day
        return
    if not line.active_before_start or line.registered or not line.anchor:
        return
    if (again and not line.asked) or _closed(day) or _paused(line.rows, day):
        return
    if not line.barred:
        if _last_day(line.rows, line.anchor, _days_of(term.grace, line.anchor), day) is not None:
            line.barred.append(day)
        return
    days = _days_of(stages[len(line.barred) - 1], line.barred[-1])
    if days is None or _last_day(line.rows, line.barred[-1], days, day) is None:
        return
    if len(line.barred) < len(stages):
        line.barred.append(day)
    else:
        line.ended, line.ended_by = day, "campaign"


def _days_of(months: int | None, begun: dt.date) -> int | None:
    """Return how many days lie behind a day until its number comes round so many months later, looked for day by day."""
    if not isinstance(months, Months):
        return months
    ahead, day = 0, begun
    while ahead < months:
        day += DAY
        ahead += day.day == 1
    while day.day < begun.day:
        if (day + DAY).month != day.month:  # there is no such day
            day += DAY if months.overflows else 0 * DAY
            break
        day += DAY
    return (day - begun).days


def _last_day(rows: list[Row], anchor: dt.date, days: int, today: dt.date) -> dt.date | None:
    """Return the last day if it is before today."""
    day, counted = anchor, 0
    if (today - anchor).days <= days:
        return None
    while day + DAY < today:
        day += DAY
        if not _paused(rows, day):
            counted += 1
        if counted >= days and not _closed(day) and not _paused(rows, day):
            return day
    return None


def _closed(day: dt.date) -> bool:
    return day in LOSAR_AND_SHOTON or not _CN.is_working_day(day)


def _paused(rows: list[Row], day: dt.date) -> bool:
    return _covered(rows, day, "pause") or _covered(rows, day, "stay")


def _covered(rows: list[Row], day: dt.date, kind: str) -> bool:
    return any(event == kind and first <= day <= last for _, first, event, last in rows if last)


def _is_of_no_telephone(rows: list[Row]) -> bool:
    """Tell whether the file says that nothing is kept of former subscribers of the line's service."""
    others = {"internet_access", "domain", "address_block", "hosted_site"}
    return any(event in others for _, _, event, _ in rows)


def _a_year_later(day: dt.date, stages: Stages) -> dt.date:
    if (day.month, day.day) == (2, 29):
        overflows = all(one.overflows for one in stages if isinstance(one, Months))
        return dt.date(day.year + 1, 3, 1) if overflows else dt.date(day.year + 1, 2, 28)
    return day.replace(year=day.year + 1)
