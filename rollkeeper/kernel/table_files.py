# SPDX-License-Identifier: EUPL-1.2
"""Tables of registrations, which one package reads and another one registers; and safe cells for tables that are written."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from rollkeeper.kernel.hooks import Hook

TABLE_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})


class TableRow(NamedTuple):
    """One row: its number as a spreadsheet shows it, and its values by key; or the column and the class of its fault."""

    number: int
    values: Mapping[str, str] | None
    column: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RegistrationTable:
    """A table whose columns have the keys of a registration; other columns are left out."""

    keys: frozenset[str]
    row_count: int
    rows: Callable[[], Iterator[TableRow]]


REGISTRATION_TABLES: Final[Hook[Callable[[Path, frozenset[str]], RegistrationTable]]] = Hook(
    "registration: read a spreadsheet"
)
"""Hook that opens a file as a table with these keys as names of columns; other headings are looked up. `imports` registers it."""


def is_table(path: Path) -> bool:
    """Tell by its name whether a file is a table."""
    return path.suffix.lower() in TABLE_SUFFIXES


_SIGN: Final = r"[=+@\-\uff1d\uff0b\uff20\uff0d]"
_FORMULA: Final = re.compile(rf"[\s\ufeff]*{_SIGN}(?=.*[^\W\d_])", re.DOTALL)
"""The beginning of a formula, with full-width signs too. A formula that can do harm has a letter: without one it is a number or a dash."""
_LATER: Final = rf"(?=(?:[^\S\t\r\n]|\ufeff)*{_SIGN}[^;\t\r\n]*[^\W\d_])"
_CELL_ENDS: Final = r"(?<=[;\t\r\n])"
"""Signs after which a spreadsheet may begin another cell: in many countries it divides lines at semicolons, and quotes then do not help."""
_FORMULA_LATER: Final = re.compile(_CELL_ENDS + _LATER)
_MARKED_LATER: Final = re.compile(f"{_CELL_ENDS}'{_LATER}")


def inert_cell(text: str) -> str:
    """Return a text changed so that a spreadsheet takes no part of it for a formula. Telephone numbers stay as they are."""
    return ("'" if _FORMULA.match(text) else "") + _FORMULA_LATER.sub("'", text)


def cell_as_meant(text: str) -> str:
    """Return the text of a cell from before it was made inert."""
    text = _MARKED_LATER.sub("", text)
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
