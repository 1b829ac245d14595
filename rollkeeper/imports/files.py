# SPDX-License-Identifier: EUPL-1.2
"""An operator's file, looked at as a whole before a single row is taken in.

Reading everything once costs a second a million rows and buys three things: a file that is broken anywhere is refused
before anything is written, the bar knows its end, and the hash that lets a broken-off import go on is known.
Row numbers are those that a spreadsheet shows: the row of names is row 1.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from rollkeeper.imports import delimited, encodings, parquet, spreadsheets
from rollkeeper.imports.delimited import Record
from rollkeeper.imports.errors import (
    IMPORT_FILE_CHANGED,
    IMPORT_FILE_EMPTY,
    IMPORT_FILE_UNREADABLE,
    IMPORT_HEADER_REPEATED,
)

BLOCK_BYTES = 1 << 20
SAMPLE_ROWS = 2_000
_FOREIGN = (
    (b"\xd0\xcf\x11\xe0", "it is a spreadsheet of the old binary kind (.xls)"),
    (b"%PDF", "it is a PDF"),
    (b"\x1f\x8b", "it is compressed (gzip)"),
    (b"BZh", "it is compressed (bzip2)"),
    (b"\xfd7zXZ", "it is compressed (xz)"),
    (b"\x28\xb5\x2f\xfd", "it is compressed (zstd)"),
    (b"SQLite format 3", "it is a database of SQLite"),
)
# A name may go over two lines; what no name holds would also act upon the terminal that shows it.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class SecretValue(Protocol):
    """One kind of file: how its records are read, and what a person is notified about it."""

    @property
    def description(self) -> str:
        """Say how it is read, for a person."""

    def records(self, file: Path, wanted: frozenset[int] | None = None) -> Iterator[Record]:
        """Give every record, the row of names included. Faults in columns that are not wanted are passed over."""


@dataclass(frozen=True, slots=True)
class FileScan:
    """What is known about a file after reading it: its columns, the number of rows, and the first rows."""

    file: Path
    opened: SecretValue
    header: tuple[str, ...]
    row_count: int
    file_hash: str
    has_names: bool = True
    sample: Sequence[Sequence[str]] = field(default=(), repr=False)
    mark: tuple[int, int] = (0, 0)

    @property
    def first_row(self) -> int:
        """Return the number of the first row of values."""
        return 2 if self.has_names else 1

    def records(self, wanted: frozenset[int]) -> Iterator[Record]:
        """Give the rows of values."""
        records = self.opened.records(self.file, wanted)
        if self.has_names:
            next(records, None)
        return records

    def require_unchanged(self, rows_done: int) -> None:
        """Make sure that the file is still the one looked at. Refuses: IMPORT_FILE_CHANGED."""
        if _mark(self.file) != self.mark:
            raise IMPORT_FILE_CHANGED(file=self.file, rows=rows_done)


def scan_file(
    file: Path,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
    has_names: bool = True,
    advance: Callable[[int], None] = lambda _: None,
) -> FileScan:
    """Read the whole file once. Parameters that are None are detected. Refuses: the faults of a file, by row and column."""
    mark = _mark(file)
    if file.is_dir():
        raise IMPORT_FILE_UNREADABLE(file=file, why="it is a folder")
    if mark[0] == 0:
        raise IMPORT_FILE_EMPTY(file=file, lacking="byte")
    head = _head(file)
    opened: SecretValue
    if head.startswith(b"PK\x03\x04"):
        opened = spreadsheets.open_sheet(file, sheet)
        file_hash, _ = _read_through(file, watch=None)
    elif head.startswith(b"PAR1"):
        opened = parquet.open_parquet(file)
        file_hash, _ = _read_through(file, watch=None)
    else:
        _refuse_foreign(file, head)
        marked = encoding or encodings.encoding_by_bom(head[:4096])
        delimited.require_line_lengths(file, marked or "latin-1")
        file_hash, found = _read_through(file, watch=None if marked else encodings.Utf8Validator())
        opened = delimited.open_delimited(file, marked or found or "utf-8", separator)
    return replace(
        _survey(file, opened, has_names=has_names, advance=advance), file_hash=file_hash, mark=mark
    )


def _survey(file: Path, opened: SecretValue, *, has_names: bool, advance: Callable[[int], None]) -> FileScan:
    """Read every record once: faults of the whole file surface here, before anything is written."""
    records = opened.records(file, frozenset())
    first = next((r for r in records if isinstance(r, list)), None)
    if first is None or not any(cell.strip() for cell in first):
        raise IMPORT_FILE_EMPTY(file=file, lacking="row of names")
    sample: list[Sequence[str]] = [] if has_names else [first]
    count = len(sample)
    for record in records:
        count += 1
        if len(sample) < SAMPLE_ROWS and isinstance(record, list) and any(record):
            sample.append(record)
        if count % 10_000 == 0:
            advance(10_000)
    if not sample:
        raise IMPORT_FILE_EMPTY(file=file, lacking="row of values")
    header = _names(file, first) if has_names else tuple(f"column_{i}" for i in range(1, len(first) + 1))
    return FileScan(file, opened, header, count, "", has_names=has_names, sample=sample)


def _names(file: Path, first: Sequence[str]) -> tuple[str, ...]:
    names = [cell.strip().strip("\ufeff") for cell in first]
    for place, name in enumerate(names, 1):
        if _CONTROL.search(name):
            raise IMPORT_FILE_UNREADABLE(
                file=file, why=f"row 1, column {place} holds control characters, so it is no text"
            )
    while names and not names[-1]:
        names.pop()
    for name in names:
        places = [i for i, other in enumerate(names, 1) if other == name]
        if name and len(places) > 1:
            # A repeated heading may be a person's value, if the header row is missing.
            raise IMPORT_HEADER_REPEATED(file=file, row=1, places=", ".join(map(str, places)))
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
