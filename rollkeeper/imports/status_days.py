# SPDX-License-Identifier: EUPL-1.2
"""Reads a line's status in a file that has no status column, but columns of days: when it ended, since when it is barred. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from rollkeeper.imports.choices import LineStatus
from rollkeeper.imports.mapping import StatusSection
from rollkeeper.imports.row_errors import Reason
from rollkeeper.imports.value_parsers import date_reader

NO_DAY: Final = frozenset({"", "-", "0", "null", "none", r"\n", "0000-00-00", "0000-00-00 00:00:00"})
"""How exports write that there is no day."""


def says_a_day(text: str) -> bool:
    """Tell whether a value says a day, and is not one of the ways to write that there is none."""
    return text.strip().casefold() not in NO_DAY


class StatusDays:
    """Reads the status of a line from the days in its row, as of one day: a day to come says nothing yet."""

    def __init__(self, made: StatusSection, *, place: Mapping[str, int], on: dt.date) -> None:
        self.columns = tuple(made.days.values())
        self._ended = place[made.ended_on] if made.ended_on else None
        self._barred = place[made.barred_on] if made.barred_on else None
        self._on = on
        self._read = date_reader(made.formats, latest=dt.date.max)

    def has_ended(self, record: Sequence[str]) -> bool:
        """Tell whether the operator no longer serves the line."""
        return self._is_past(record, self._ended) is True

    def read(self, table: list[list[str]]) -> list[LineStatus | Reason]:
        """Return the status of each line; a day that cannot be read is a fault of its row."""
        return [self._status(record) for record in table]

    def _status(self, record: Sequence[str]) -> LineStatus | Reason:
        ended, barred = self._is_past(record, self._ended), self._is_past(record, self._barred)
        fault = next((said for said in (ended, barred) if isinstance(said, Reason)), None)
        if fault is not None:
            return fault
        if ended:
            return LineStatus.LEFT_OUT
        return LineStatus.OPERATOR if barred else LineStatus.ACTIVE

    def _is_past(self, record: Sequence[str], place: int | None) -> bool | Reason:
        if place is None or not says_a_day(record[place]):
            return False
        day = self._read[record[place]]
        return day if isinstance(day, Reason) else day <= self._on
