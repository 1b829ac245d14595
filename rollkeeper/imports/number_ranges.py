# SPDX-License-Identifier: EUPL-1.2
"""Gives lines of a file without numbers the next free numbers of the operator's own range, in order."""

from collections.abc import Sequence

import phonenumbers

from rollkeeper.imports.errors import IMPORT_MAP_INVALID, NUMBER_RANGE_EXHAUSTED
from rollkeeper.imports.mapping import NumberSection
from rollkeeper.kernel.database import rows, sql
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import normalise
from rollkeeper.vault.blind_index import blind_numbers

BLOCK = 10_000


class NumberRange:
    """A range of numbers and how far it is used up."""

    def __init__(self, part: NumberSection, *, country: str, named: object) -> None:
        first = part.number_range or ""
        code = str(phonenumbers.country_code_for_region(country))
        self._next = int(first[1:])
        # Without a count the range ends where numbers of this length and country do.
        self._end = (
            self._next + part.count if part.count else (int(code) + 1) * 10 ** (len(first) - 1 - len(code))
        )
        for number in (first, f"+{self._end - 1}"):
            _require_number(number, country=country, named=named)
        self._ready: list[str] = []

    def give(self, count: int) -> list[str]:
        """Return the next free numbers, fewer where the range ends."""
        while len(self._ready) < count and self._next < self._end:
            block = [f"+{n}" for n in range(self._next, min(self._next + BLOCK, self._end))]
            self._next += len(block)
            self._ready += _free(block)
        given, self._ready = self._ready[:count], self._ready[count:]
        return given

    def demand(self, count: int, *, file: object, rows_of: Sequence[int], rows_done: int) -> list[str]:
        """Return one free number for each row. Refuses: NUMBER_RANGE_EXHAUSTED."""
        given = self.give(count)
        if len(given) < count:
            raise NUMBER_RANGE_EXHAUSTED(file=file, row=rows_of[len(given)], rows=f"{rows_done:,}")
        return given


def _free(numbers: Sequence[str]) -> list[str]:
    indexes = blind_numbers(numbers)
    taken = {bytes(row.number_index) for row in rows(sql("imports", "existing_numbers"), [indexes])}
    return [number for number, index in zip(numbers, indexes, strict=True) if index not in taken]


def _require_number(number: str, *, country: str, named: object) -> None:
    code = f"+{phonenumbers.country_code_for_region(country)}"
    if not number.startswith(code):
        why = f"the number range reaches into another country than {country} ({code})"
        raise IMPORT_MAP_INVALID(map=named, place="number.number_range", why=why)
    try:
        normalise(number, country)
    except NumberNotRead as fault:
        why = f"the number range holds what is not a number: {fault.facts['value_class']}"
        raise IMPORT_MAP_INVALID(map=named, place="number.number_range", why=why) from None
