# SPDX-License-Identifier: EUPL-1.2
"""Days on which counters are closed (weekends and public holidays, make-up working days being open), and time zones with equal
days.

Pure: the days come from the library `holidays`, whose version is locked. A closed day never shortens a period.
"""

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from rollkeeper.law.pack import Pack

_LOOKED_AT: Final = range(-366, 5 * 366)
"""From how many days before a day to how many after it two zones are compared."""


def is_closed(pack: "Pack", day: dt.date) -> bool:
    """Tell whether the desks are shut on that day."""
    return bool(closed_flags(pack, first=day.toordinal(), last=day.toordinal())[0])


def closed_flags(pack: "Pack", *, first: int, last: int) -> bytes:
    """Return a byte a day, 1 where it is closed, for the ordinals `first` to `last`, both inclusive."""
    begun, ended = dt.date.fromordinal(first), dt.date.fromordinal(last)
    country = pack.file.calendar.holidays.country
    whole = b"".join(_year(country, year) for year in range(begun.year, ended.year + 1))
    before = first - dt.date(begun.year, 1, 1).toordinal()
    return whole[before : before + last - first + 1]


# Its answer depends on its arguments alone: `ZoneInfo` reads a zone once in a process as well. A campaign asks for each day that
# it plans, and each answer compares two thousand midnights.
@lru_cache(maxsize=64)
def have_same_days(one: str, other: str, *, on: dt.date) -> bool:
    """Tell whether days begin at the same instants in two time zones, whatever their names, in the years around a day."""
    midnights = [dt.datetime.combine(on + dt.timedelta(days=ahead), dt.time()) for ahead in _LOOKED_AT]
    here, there = ZoneInfo(one), ZoneInfo(other)
    return all(here.utcoffset(at) == there.utcoffset(at) for at in midnights)


@lru_cache(maxsize=1024)
def _year(country: str, year: int) -> bytes:
    # Uses a separate calendar: the library fills one lazily and meanwhile tells another thread that a holiday is a working day. A
    # line would be suspended on it, and the wrong value would stay cached.
    working = _calendar(country).is_working_day
    first, after = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal() + 1
    return bytes(not working(dt.date.fromordinal(day)) for day in range(first, after))


def _calendar(country: str) -> Any:
    import holidays  # a tenth of a second that commands without a calendar need not wait for

    return holidays.country_holidays(country)


def is_known(country: str) -> bool:
    """Tell whether the library has a calendar of this country."""
    try:
        _calendar(country)
    except NotImplementedError:
        return False
    return True
