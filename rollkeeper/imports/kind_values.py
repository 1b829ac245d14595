# SPDX-License-Identifier: EUPL-1.2
"""Which values of a file's columns a page may show, and so the register may keep: kinds, never values that may be one person's.

A value is shown if the dictionary knows it, or if at least five rows have it. Every other value is only counted. Pure.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rollkeeper.imports import column_dictionary
from rollkeeper.imports.column_dictionary import known_value

MIN_ROWS: Final = 5
MOST_VALUES: Final = 40
LONGEST_VALUE: Final = 40
_LONGEST_WORD: Final = 20
_TABLES: Final = ("status_values", "languages", "document_types", "payment_values", "party_values")


@dataclass(frozen=True, slots=True)
class KindValues:
    """The values of one column that may be shown, with their rows, and how many other values there are."""

    shown: Mapping[str, int]
    rare: int


def kind_values(counts: Counter[str]) -> KindValues:
    """Return what may be shown of a column's values."""
    allowed = {value: rows for value, rows in counts.most_common() if _is_kind(value, rows)}
    if len(allowed) > MOST_VALUES:
        return KindValues({}, len(counts))
    return KindValues(allowed, len(counts) - len(allowed))


def without_rare(table: Mapping[str, str], shown: Mapping[str, int]) -> dict[str, str]:
    """Return a table of a proposed map without the values that may not be shown."""
    return {value: meaning for value, meaning in table.items() if value in shown}


def _is_kind(value: str, rows: int) -> bool:
    if len(value) > LONGEST_VALUE:
        return False
    return rows >= MIN_ROWS or _is_known(value)


def _is_known(value: str) -> bool:
    if any(known_value(table, value) for table in _TABLES) or column_dictionary.says_yes(value):
        return True
    is_word = len(value) <= _LONGEST_WORD and not any(letter.isdecimal() for letter in value)
    return is_word and column_dictionary.service_in(value) is not None
