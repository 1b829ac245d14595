# SPDX-License-Identifier: EUPL-1.2
"""A table of registrations, as the package that reads tables hands it to the one that registers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from rollkeeper.kernel.hooks import Hook

TABLE_SUFFIXES: Final = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})


class TableRow(NamedTuple):
    """One row: its number as a spreadsheet shows it, and its values by key; or the column and class of what is wrong with it."""

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
