# SPDX-License-Identifier: EUPL-1.2
"""Dates as documents print them: the day or the month may be unknown (``1950-00-00``, ``1950-XX-XX``).

Incomplete dates are kept as they are, never rounded; a decision by such a date uses the end that favours the person.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(\d{4})-?(\d\d|XX|xx|<<)-?(\d\d|XX|xx|<<)", re.ASCII)


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date whose month or day may be unknown. Raises ValueError if no calendar has it."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse a year, month or day that no calendar has, and a known day in an unknown month."""
        if self.month is None and self.day is not None:
            raise ValueError("a day without a month")
        self.earliest()

    @property
    def is_whole(self) -> bool:
        """Tell whether year, month and day are known."""
        return self.day is not None

    def earliest(self) -> dt.date:
        """Return the first day that it can be."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> dt.date:
        """Return the last day that it can be."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def __str__(self) -> str:
        """Write it as the document does, 00 for what is unknown."""
        return f"{self.year:04d}-{self.month or 0:02d}-{self.day or 0:02d}"


def read_partial_date(text: str) -> PartialDate:
    """Read ``YYYY-MM-DD`` or ``YYYYMMDD``, with 00, XX or << for an unknown part. Raises ValueError."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found:
        raise ValueError("not a date")
    year, month, day = found.groups()
    return PartialDate(int(year), _known(month), _known(day))


def _known(part: str) -> int | None:
    return int(part) or None if part.isdigit() else None
