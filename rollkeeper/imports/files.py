# SPDX-License-Identifier: EUPL-1.2
"""Reads an operator's whole file once before a single row is imported.

This costs a second for a million rows and has three uses: a file that is broken anywhere is refused before anything is written, the
progress bar knows its end, and the hash by which an import that broke off goes on is known. Rows are numbered as in a spreadsheet:
without rows above it, the row of names is row 1.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from rollkeeper.imports import delimited, encodings
from rollkeeper.imports.column_dictionary import HEAD_ROWS, known_names
from rollkeeper.imports.delimited import Record
from rollkeeper.imports.errors import (
    IMPORT_FILE_CHANGED,
    IMPORT_FILE_EMPTY,
    IMPORT_FILE_UNREADABLE,
    IMPORT_HEADER_REPEATED,
)
from rollkeeper.kernel.extras import needs_extra
from rollkeeper.kernel.table_files import cell_as_meant

BLOCK_BYTES = 1 << 20
SAMPLE_ROWS = 2_000
MOST_COLUMNS = 2_000
"""More than any list of lines has. A line of text may have a million columns, and each is examined in many ways."""
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "it is a spreadsheet of the old binary kind (.xls)"),
    (b"%PDF", "it is a PDF"),
    (b"\x1f\x8b", "it is compressed (gzip)"),
    (b"BZh", "it is compressed (bzip2)"),
    (b"\xfd7zXZ", "it is compressed (xz)"),
    (b"\x28\xb5\x2f\xfd", "it is compressed (zstd)"),
    (b"SQLite format 3", "it is a database of SQLite"),
)
# A name may go over two lines. Other control characters are in no name, and would act on the terminal that shows them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class TabularFile(Protocol):
    """One kind of file: how its records are read, and how it is described to a person."""

    @property
    def description(self) -> str:
        """Say how it is read, for a person."""

    def records(self, file: Path, wanted: frozenset[int] | None = None) -> Iterator[Record]:
        """Yield every record, including the row of names. Faults in columns that are not wanted are ignored."""


@dataclass(frozen=True, slots=True)
class FileScan:
    """What is known about a file after reading it: its columns, the number of rows, and the first rows."""

    file: Path
    opened: TabularFile
    header: tuple[str, ...]
    row_count: int
    file_hash: str
    header_row: int = 1
    """The row of column names, 0 if there is none."""
    sample: Sequence[Sequence[str]] = field(default=(), repr=False)
    mark: tuple[int, int] = (0, 0)

    @property
    def has_names(self) -> bool:
        """Tell whether the file has a row of column names."""
        return self.header_row > 0

    @property
    def first_row(self) -> int:
        """Return the number of the first row of values."""
        return self.header_row + 1

    def records(self, wanted: frozenset[int]) -> Iterator[Record]:
        """Yield the rows of values."""
        return islice(self.opened.records(self.file, wanted), self.header_row, None)

    def distinct_values(self, columns: Collection[str], *, most: int) -> dict[str, Counter[str]]:
        """Read the whole file once more; return how often each value of some columns occurs.

        A column with more than `most` different values is no column of kinds: only the first ones are counted.
        """
        places = {self.header.index(column): column for column in columns}
        found: dict[str, Counter[str]] = {column: Counter() for column in columns}
        if not places:
            return found
        for record in self.records(frozenset(places)):
            if isinstance(record, list):
                for place, column in places.items():
                    counts = found[column]
                    value = record[place].strip() if place < len(record) else ""
                    if value and (value in counts or len(counts) <= most):
                        counts[value] += 1
        return found

    def require_unchanged(self, rows_done: int) -> None:
        """Make sure that the file has not changed since it was scanned. Refuses: IMPORT_FILE_CHANGED."""
        if _mark(self.file) != self.mark:
            raise IMPORT_FILE_CHANGED(file=self.file, rows=rows_done)


def scan_file(
    file: Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    has_names: bool = True,
    header_row: int | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> FileScan:
    """Read the whole file once. Parameters that are None are detected. Refuses: the faults of a file, by row and column."""
    mark = _mark(file)
    if file.is_dir():
        raise IMPORT_FILE_UNREADABLE(file=file, why="it is a folder")
    if mark[0] == 0:
        raise IMPORT_FILE_EMPTY(file=file, lacking="byte")
    head = _head(file)
    opened: TabularFile
    if head.startswith(b"PK\x03\x04"):
        with needs_extra("tables"):
            from rollkeeper.imports import spreadsheets
        opened = spreadsheets.open_sheet(file, sheet)
        file_hash, _ = _read_through(file, watch=None)
    elif head.startswith(b"PAR1"):
        with needs_extra("tables"):
            import_module("polars")  # the reader itself loads it later, in another process first
        from rollkeeper.imports import parquet

        opened = parquet.open_parquet(file)
        file_hash, _ = _read_through(file, watch=None)
    else:
        _refuse_foreign(file, head)
        marked = encoding or encodings.encoding_by_bom(head[:4096])
        delimited.require_line_lengths(file, marked or "latin-1")
        file_hash, found = _read_through(file, watch=None if marked else encodings.Utf8Validator())
        opened = delimited.open_delimited(file, marked or found or "utf-8", separator)
    return replace(
        _survey(file, opened, header_row=header_row if has_names else 0, advance=advance),
        file_hash=file_hash,
        mark=mark,
    )


def _survey(
    file: Path, opened: TabularFile, *, header_row: int | None, advance: Callable[[int], None]
) -> FileScan:
    """Read every record once: faults of the whole file surface here, before anything is written."""
    records = opened.records(file, frozenset())
    top = list(islice(records, max(HEAD_ROWS, header_row or 0)))
    at = _header_row(top) if header_row is None else header_row
    first = top[at - 1] if 0 < at <= len(top) else next((r for r in top if isinstance(r, list)), None)
    if not isinstance(first, list) or not any(cell.strip() for cell in first):
        raise IMPORT_FILE_EMPTY(file=file, lacking="row of names")
    sample: list[Sequence[str]] = []
    count = 0
    for record in chain(top[at:], records):
        count += 1
        if len(sample) < SAMPLE_ROWS and isinstance(record, list) and any(record):
            sample.append(record)
        if count % 10_000 == 0:
            advance(10_000)
    if not sample:
        raise IMPORT_FILE_EMPTY(file=file, lacking="row of values")
    above = top[at - 2] if at > 1 else None
    header = (
        _names(file, first, above, row=at) if at else tuple(f"column_{i}" for i in range(1, len(first) + 1))
    )
    if len(header) > MOST_COLUMNS:
        raise IMPORT_FILE_UNREADABLE(file=file, why=f"it has more than {MOST_COLUMNS:,} columns")
    return FileScan(file, opened, header, count, "", header_row=at, sample=sample)


def _header_row(top: Sequence[Record]) -> int:
    """Return the row of column names: the first row with text, unless a row below it holds more known names.

    Reports begin with a title, a date, a merged heading. If no row holds two known names, it is the first.
    """
    # A wider file is refused later: no cell beyond is looked up.
    scores = [known_names(record[:MOST_COLUMNS]) if isinstance(record, list) else 0 for record in top]
    best = max(scores, default=0)
    first = next((i for i, r in enumerate(top) if isinstance(r, list) and any(cell.strip() for cell in r)), 0)
    return scores.index(best) + 1 if best > 1 and best > scores[first] else first + 1


def _names(file: Path, first: Sequence[str], above: Record | None, *, row: int) -> tuple[str, ...]:
    """Return the column names; a cell that is merged with the one above it has its name there."""
    names = [cell_as_meant(cell.strip().strip("\ufeff")) for cell in first]
    if isinstance(above, list):
        names = [name or (above[i].strip() if i < len(above) else "") for i, name in enumerate(names)]
    for place, name in enumerate(names, 1):
        if _CONTROL.search(name):
            raise IMPORT_FILE_UNREADABLE(
                file=file, why=f"row {row}, column {place} holds control characters, so it is no text"
            )
    while names and not names[-1]:
        names.pop()
    counts = Counter(filter(None, names))
    for name, count in counts.items():
        if count > 1:
            # A repeated heading may be a person's value, if the header row is missing.
            places = [i for i, other in enumerate(names, 1) if other == name]
            raise IMPORT_HEADER_REPEATED(file=file, row=row, places=", ".join(map(str, places)))
    return tuple(name or f"column_{i}" for i, name in enumerate(names, 1))


def _read_through(file: Path, *, watch: encodings.Utf8Validator | None) -> tuple[str, str | None]:
    """Return the SHA-256 of the file and, where it was watched, its encoding."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            if watch:
                watch.feed(block)
    return digest.hexdigest(), watch.encoding() if watch else None


def _refuse_foreign(file: Path, head: bytes) -> None:
    for start, what in _FOREIGN:
        if head.startswith(start):
            raise IMPORT_FILE_UNREADABLE(file=file, why=what)
    if head[:512].lstrip().lower().startswith((b"<html", b"<!doctype", b"<?xml")):
        raise IMPORT_FILE_UNREADABLE(file=file, why="it is a web page or XML, whatever its name says")
    if head[:512].lstrip().startswith((b"{", b"[{")):
        raise IMPORT_FILE_UNREADABLE(
            file=file, why="it is JSON; 'rollkeeper register' reads JSON lines of registrations"
        )


def _head(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(BLOCK_BYTES)


def _mark(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_size, state.st_mtime_ns
