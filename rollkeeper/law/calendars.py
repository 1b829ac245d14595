# SPDX-License-Identifier: EUPL-1.2
"""Which days the desks are shut: weekends and public holidays, make-up working days being open.

Pure: the days come from the library `holidays`, whose version is locked. A closed day never shortens anybody's time.
"""

import datetime as dt
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollkeeper.law.pack import Pack


def is_closed(pack: "Pack", day: dt.date) -> bool:
    """Tell whether the desks are shut on that day."""
    return not _working(pack.file.calendar.holidays.country).is_working_day(day)


def closed_flags(pack: "Pack", *, first: int, last: int) -> bytes:
    """Return a byte a day, 1 where it is closed, for the ordinals `first` to `last`, both inclusive."""
    return _flags(pack.file.calendar.holidays.country, first, last)


@lru_cache(maxsize=32)
def _flags(country: str, first: int, last: int) -> bytes:
    working = _working(country).is_working_day
    from_ordinal = dt.date.fromordinal
    return bytes(not working(from_ordinal(day)) for day in range(first, last + 1))


@cache
def _working(country: str) -> Any:
    import holidays  # a tenth of a second that commands without a calendar need not wait for

    return holidays.country_holidays(country)


def is_known(country: str) -> bool:
    """Tell whether the library has a calendar of this country."""
    try:
        _working(country)
    except NotImplementedError:
        return False
    return True
