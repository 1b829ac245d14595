# SPDX-License-Identifier: EUPL-1.2
"""Days on which counters are closed (weekends and public holidays, but not make-up working days), and time zones with equal days.

Pure: the days come from the library `holidays`, whose version is locked, from the country file for regions that the library does not
know, and from the pack. A closed day never shortens a period.
"""

import datetime as dt
import sys
from calendar import monthrange
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any, Final, overload
from zoneinfo import ZoneInfo

from rollkeeper.law.countries import country_of

if TYPE_CHECKING:
    from rollkeeper.law.pack import Pack
    from rollkeeper.law.schema_common import Duration
    from rollkeeper.law.schema_stages import Calendar

_LOOKED_AT: Final = range(-366, 5 * 366)
"""The days on which two zones are compared, relative to a day: from a year before it to five years after it."""


def is_closed(pack: "Pack", day: dt.date) -> bool:
    """Tell whether the desks are shut on that day."""
    return bool(closed_flags(pack, first=day.toordinal(), last=day.toordinal())[0])


def closed_flags(pack: "Pack", *, first: int, last: int) -> bytes:
    """Return a byte a day, 1 where it is closed, for the ordinals `first` to `last`, both inclusive."""
    return _closed_flags(pack.file.calendar, first=first, last=last)


def add_months(day: dt.date, months: int, *, overflows_to_next_month: bool) -> dt.date:
    """Return the same day of the month some months later; if that month has no such day, its last day or the first of the next month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    if year > dt.MAXYEAR:
        return dt.date.max
    try:
        return dt.date(year, month, day.day)
    except ValueError:
        next_month = dt.date(year, month + 1, 1)
        return next_month if overflows_to_next_month else next_month - dt.timedelta(days=1)


def end_of_month(day: dt.date) -> dt.date:
    """Return the last day of a day's month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time after a day, which itself is not counted: so many days, or months and years by the calendar."""

    days: int = 0
    months: int = 0
    years: int = 0
    overflows_to_next_month: bool = False
    """If months lead to a day that does not exist: true means the first of the next month, false the last day of that month."""

    @property
    def longest(self) -> int:
        """Return how many days it has at most, whenever it begins."""
        return self.days + 31 * self.months + 366 * self.years

    def last_day(self, begins_on: dt.date) -> dt.date:
        """Return its last day."""
        later, months = begins_on, self.months + 12 * self.years
        if months:
            later = add_months(begins_on, months, overflows_to_next_month=self.overflows_to_next_month)
        return min(later, dt.date.max - dt.timedelta(days=self.days)) + dt.timedelta(days=self.days)

    def days_after(self, begins_on: dt.date) -> int:
        """Return how many days it has if it begins after this day."""
        return (self.last_day(begins_on) - begins_on).days

    def first_day(self, through: dt.date) -> dt.date:
        """Return the first day of the window of this length that ends with `through`, that day included."""
        day = dt.date.fromordinal(max(through.toordinal() - self.longest, 1))
        while self.last_day(day) <= through:
            day += dt.timedelta(days=1)
        return day


@overload
def term_of(calendar: "Calendar", length: "Duration") -> Term: ...
@overload
def term_of(calendar: "Calendar", length: "Duration | None") -> Term | None: ...
def term_of(calendar: "Calendar", length: "Duration | None") -> Term | None:
    """Return a length of time in days, months or years as the law's calendar counts it; None if none is given."""
    if length is None:
        return None
    is_next = length.unit != "day" and calendar.month_overflow == "first_of_next"
    return Term(**{f"{length.unit}s": length.n}, overflows_to_next_month=is_next)


def days_in(calendar: "Calendar", length: "Duration", begins_on: dt.date) -> int:
    """Return how many days a length of time has if it begins after this day."""
    if length.unit in {"day", "month", "year"}:
        return term_of(calendar, length).days_after(begins_on)
    first = begins_on.toordinal() + 1
    flags = _closed_flags(calendar, first=first, last=first + 4 * length.n + 60)
    return [index for index, closed in enumerate(flags, 1) if not closed][length.n - 1]


def _closed_flags(calendar: "Calendar", *, first: int, last: int) -> bytes:
    begun, ended = dt.date.fromordinal(first), dt.date.fromordinal(last)
    chosen = calendar.holidays
    library, listed = _region(chosen.country, chosen.subdivision)
    whole = b"".join(_year(chosen.country, library, year) for year in range(begun.year, ended.year + 1))
    before = first - dt.date(begun.year, 1, 1).toordinal()
    flags = whole[before : before + last - first + 1]
    besides = [one.toordinal() - first for one in (*listed, *chosen.closed_besides)]
    if not any(0 <= one < len(flags) for one in besides):
        return flags
    closed = bytearray(flags)
    for one in besides:
        if 0 <= one < len(closed):
            closed[one] = 1
    return bytes(closed)


# Cached, since a campaign asks for each day that it plans and each answer compares two thousand midnights. The answer depends on the
# arguments alone: `ZoneInfo` too reads a zone once in a process.
@lru_cache(maxsize=64)
def have_same_days(one: str, other: str, *, on: dt.date) -> bool:
    """Tell whether days begin at the same instants in two time zones, whatever their names, in the years around a day."""
    if one == other:
        return True
    midnights = [dt.datetime.combine(on + dt.timedelta(days=ahead), dt.time()) for ahead in _LOOKED_AT]
    here, there = ZoneInfo(one), ZoneInfo(other)
    return all(here.utcoffset(at) == there.utcoffset(at) for at in midnights)


@cache
def _region(country: str, subdivision: str | None) -> tuple[str | None, tuple[dt.date, ...]]:
    """Return the library's name for a region (None if it has none), and the days that the country file lists for it."""
    file = country_of(country)
    listed = file.holidays.regions.get(subdivision) if file and subdivision else None
    known = subdivision is not None and subdivision in _calendar(country).subdivisions
    return subdivision if known else None, listed.closed if listed else ()


@lru_cache(maxsize=1024)
def _year(country: str, subdivision: str | None, year: int) -> bytes:
    # Makes a separate calendar each time: the library fills a calendar lazily, and meanwhile tells another thread that a holiday is a
    # working day. A line would be suspended on that holiday, and the wrong value would stay cached.
    working = _calendar(country, subdivision).is_working_day
    first, after = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal() + 1
    return bytes(not working(dt.date.fromordinal(day)) for day in range(first, after))


def _calendar(country: str, subdivision: str | None = None) -> Any:
    import holidays  # commands without a calendar need not wait for it

    _leave_other_countries_out()
    return holidays.country_holidays(country, subdiv=subdivision)


def _leave_other_countries_out() -> None:
    """Keep the library from importing all its 250 countries to use one: it costs 7 MB in every process, and half the time to read a pack."""
    name = "holidays.countries"
    if name not in sys.modules and (spec := find_spec(name)):
        sys.modules.setdefault(
            name, module_from_spec(spec)
        )  # only its folder, in which each country is still found


def is_known(country: str) -> bool:
    """Tell whether the library has a calendar of this country."""
    try:
        _calendar(country)
    except NotImplementedError:
        return False
    return True


def is_known_region(country: str, subdivision: str) -> bool:
    """Tell whether the library or the country file has the holidays of a region."""
    library, listed = _region(country, subdivision)
    return library is not None or bool(listed)
