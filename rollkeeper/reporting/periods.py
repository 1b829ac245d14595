# SPDX-License-Identifier: EUPL-1.2
"""The grid of periods: quarters, and calendar years of four quarters. There is no other, so that no two overlap in part."""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.reporting.errors import INVALID_REPORT_PERIOD

_STARTS, _ENDS = (1, 4, 7, 10), ((3, 31), (6, 30), (9, 30), (12, 31))


@dataclass(frozen=True, slots=True)
class Period:
    """A quarter or a year, with the quarters of which it is made."""

    name: str
    first: dt.date
    last: dt.date
    quarters: tuple["Period", ...] = ()

    @property
    def is_year(self) -> bool:
        """Tell whether it is made of quarters."""
        return bool(self.quarters)


def period_between(first: dt.date, last: dt.date) -> Period:
    """Return the quarter or year with this first and this last day. Refuses: INVALID_REPORT_PERIOD."""
    for period in (*quarters_of(first.year), year(first.year)):
        if (first, last) == (period.first, period.last):
            return period
    raise INVALID_REPORT_PERIOD(first=first, last=last)


def quarters_of(year: int) -> tuple[Period, ...]:
    """Return the four quarters of a year."""
    return tuple(
        Period(f"{year}-Q{nth}", dt.date(year, month, 1), dt.date(year, *end))
        for nth, (month, end) in enumerate(zip(_STARTS, _ENDS, strict=True), 1)
    )


def year(number: int) -> Period:
    """Return a calendar year."""
    return Period(str(number), dt.date(number, 1, 1), dt.date(number, 12, 31), quarters_of(number))
