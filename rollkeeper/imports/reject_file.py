# SPDX-License-Identifier: EUPL-1.2
"""The reject file: which rows were refused, in which column and why. It holds no value of any row.

It is written before the chunk's transaction commits. When an import that broke off goes on, the rows after its last commit are
cut off.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Self, TextIO

from rollkeeper.imports.errors import REJECT_FILE_NOT_WRITABLE
from rollkeeper.imports.files import FileScan
from rollkeeper.imports.row_errors import RowError
from rollkeeper.kernel.files import new_draft, replacing
from rollkeeper.kernel.table_files import inert_cell

_HEADER = ("row", "column", "reason", "remedy")
_HEADER_LINE = ",".join(_HEADER).encode()


def default_path(file: Path) -> Path:
    """Return the default path: next to the operator's file."""
    return file.with_name(file.name + ".refused.csv")


def require_writable(path: Path, *, is_new: bool = False) -> None:
    """Make sure that refusals can be written there and that no other file is lost. Refuses: REJECT_FILE_NOT_WRITABLE."""
    if not path.parent.is_dir():
        raise REJECT_FILE_NOT_WRITABLE(file=path, why="there is no such folder")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise REJECT_FILE_NOT_WRITABLE(file=path, why="its folder may not be written to")
    if not path.exists():
        return
    if is_new:
        raise REJECT_FILE_NOT_WRITABLE(file=path, why="it exists already")
    if not path.is_file():
        raise REJECT_FILE_NOT_WRITABLE(file=path, why="it is no ordinary file")
    with path.open("rb") as there:
        if there.read(len(_HEADER_LINE)) not in {b"", _HEADER_LINE}:
            raise REJECT_FILE_NOT_WRITABLE(file=path, why="it holds something else, which would be lost")


class RejectFile:
    """The file of refusals. It is made when the first row is refused; an old file of another import is replaced."""

    def __init__(self, path: Path, *, keep_through_row: int) -> None:
        self.path = path
        self.counts: Counter[tuple[str, str]] = Counter()
        self._kept = (
            [row for row in _rows_of(self.path) if int(row[0]) <= keep_through_row]
            if keep_through_row
            else []
        )
        self._out: TextIO | None = None
        for row in self._kept:
            self.counts[row[1], row[2]] += 1
        if self._kept:
            self._open()
        else:
            self.path.unlink(missing_ok=True)

    def write(self, row_errors: Iterable[RowError]) -> None:
        """Add refusals, in the order of their rows."""
        ordered: Sequence[RowError] = sorted(row_errors, key=lambda refusal: refusal.row)
        if not ordered:
            return
        writer = csv.writer(self._out or self._open())
        for row, column, reason in ordered:
            writer.writerow((row, inert_cell(column), reason.text, reason.remedy))
            self.counts[column, reason.text] += 1
        if self._out:
            self._out.flush()

    @property
    def is_there(self) -> bool:
        """Tell whether anything was refused."""
        return self._out is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._out:
            self._out.close()

    def _open(self) -> TextIO:
        draft, raw = new_draft(self.path)
        self._out = TextIOWrapper(raw, encoding="utf-8", newline="")
        csv.writer(self._out).writerows([_HEADER, *self._kept])
        self._out.flush()
        draft.replace(self.path)
        return self._out


def write_rejected_rows(scan: FileScan, reject_file: Path, target: Path) -> int:
    """Write the whole rows that a reject file names, under their column names, to a file that only its owner can read.

    Return how many there are. Raises OSError.
    """
    named = {int(row[0]) for row in _rows_of(reject_file)}
    with replacing(target) as raw:
        text = TextIOWrapper(raw, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(map(inert_cell, scan.header))
        for number, record in enumerate(scan.records(frozenset()), scan.first_row):
            if number in named and isinstance(record, list):
                writer.writerow(map(inert_cell, record))
        text.flush()
        text.detach()
    return len(named)


def read_rejects(reject_file: Path, *, most: int) -> list[dict[str, str]]:
    """Return the first rows that a reject file names, with column, reason and remedy: no value."""
    return [dict(zip(_HEADER, row, strict=True)) for row in _rows_of(reject_file)[:most]]


def _rows_of(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8", newline="") as source:
            return [row for row in csv.reader(source) if len(row) == len(_HEADER) and row[0].isdecimal()]
    except FileNotFoundError:
        return []
