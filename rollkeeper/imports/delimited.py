# SPDX-License-Identifier: EUPL-1.2
"""Text with separators (CSV, TSV and similar), read line by line, so that memory use stays constant.

A line is never read past `LINE_LIMIT` and a field never past `FIELD_LIMIT`: a field of two gigabytes is refused after
the first megabyte. Bytes that do not belong to the encoding become U+FFFD and are refused row by row later.
"""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from typing import Final

from rollkeeper.imports.errors import IMPORT_FIELD_TOO_LONG, IMPORT_FILE_UNREADABLE, IMPORT_QUOTE_UNCLOSED
from rollkeeper.imports.row_errors import LOOSE_QUOTE, UnreadableRow

FIELD_LIMIT: Final = 65_536
LINE_LIMIT: Final = 1 << 20
HEAD_LINES: Final = 50
SEPARATORS: Final = (",", ";", "\t", "|")
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

Record = list[str] | UnreadableRow


class _LineTooLong(Exception):
    """A line without an end. Contains how often each separator occurs at its beginning, and nothing of its text."""

    def __init__(self, line: str) -> None:
        super().__init__("a line without an end")
        self.counts = {separator: line.count(separator) for separator in SEPARATORS}


@dataclass(frozen=True, slots=True)
class Delimited:
    """How one file of text is read."""

    encoding: str
    separator: str

    @property
    def description(self) -> str:
        """Say how it is read, for a person."""
        return f"text in {self.encoding}, separated by {_NAMES.get(self.separator, repr(self.separator))}"

    def records(self, file: Path, wanted: frozenset[int] | None = None) -> Iterator[Record]:
        """Yield every record. Refuses: IMPORT_FIELD_TOO_LONG, IMPORT_QUOTE_UNCLOSED."""
        row = 0
        with _text(file, self.encoding) as source:
            reader = csv.reader(_lines(source), delimiter=self.separator, strict=True)
            csv.field_size_limit(FIELD_LIMIT)
            while True:
                try:
                    for record in reader:
                        row += 1
                        yield record
                except csv.Error as fault:
                    row += 1
                    yield self._unread(file, row, fault)
                except _LineTooLong as fault:
                    column = fault.counts.get(self.separator, 0) + 1
                    raise IMPORT_FIELD_TOO_LONG(
                        file=file, row=row + 1, column=column, limit=f"{FIELD_LIMIT:,}"
                    ) from None
                else:
                    return

    def _unread(self, file: Path, row: int, fault: csv.Error) -> UnreadableRow:
        if "field larger" in str(fault):
            column = self._column_of_fault(file, row)
            raise IMPORT_FIELD_TOO_LONG(file=file, row=row, column=column, limit=f"{FIELD_LIMIT:,}") from None
        if "end of data" in str(fault):
            raise IMPORT_QUOTE_UNCLOSED(file=file, row=row) from None
        return UnreadableRow("", LOOSE_QUOTE)

    def _column_of_fault(self, file: Path, row: int) -> int:
        """Return the column in which a row grows too long, by reading the file again up to there."""
        with _text(file, self.encoding) as source:
            lines = _lines(source)
            reader = csv.reader(lines, delimiter=self.separator)
            for _ in islice(reader, row - 1):
                pass
            csv.field_size_limit(LINE_LIMIT + 1)
            try:
                cells = next(csv.reader([next(lines)], delimiter=self.separator), [""])
                # If no field is too long on the row's first line, the last field goes on over many lines.
                return next((i for i, cell in enumerate(cells, 1) if len(cell) > FIELD_LIMIT), len(cells))
            finally:
                csv.field_size_limit(FIELD_LIMIT)


def open_delimited(file: Path, encoding: str, separator: str | None) -> Delimited:
    """Return how a file is read; find the separator if it is not given."""
    return Delimited(encoding, separator or _find_separator(file, encoding))


def require_line_lengths(file: Path, encoding: str) -> None:
    """Refuse a file if one of its first lines has no end, before reading the rest.

    Refuses: IMPORT_FIELD_TOO_LONG, IMPORT_FILE_UNREADABLE.
    """
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise IMPORT_FILE_UNREADABLE(file=file, why=f"no encoding is called '{encoding}'") from None
    before: list[str] = []
    with _text(file, encoding) as source:
        try:
            before.extend(islice(_lines(source), HEAD_LINES))
        except UnicodeError:  # this encoding replaces no unreadable bytes: a byte order mark is missing, or it is no encoding of files
            raise IMPORT_FILE_UNREADABLE(file=file, why=f"it is no text in {encoding}") from None
        except _LineTooLong as fault:
            column, row = max(fault.counts.values()) + 1, _row_after(before)
            raise IMPORT_FIELD_TOO_LONG(file=file, row=row, column=column, limit=f"{FIELD_LIMIT:,}") from None


def _row_after(lines: list[str]) -> int:
    """Return the row of the line that follows these lines: a field in quotation marks may go over several lines."""
    csv.field_size_limit(LINE_LIMIT * HEAD_LINES)
    return sum(1 for _ in csv.reader([*lines, "next"]))


def _find_separator(file: Path, encoding: str) -> str:
    """Return the separator that divides most of the first rows into the same number of columns."""
    with _text(file, encoding) as source:
        head = _head_lines(source)
    csv.field_size_limit(FIELD_LIMIT)

    def score(separator: str) -> tuple[float, int]:
        widths: Counter[int] = Counter()
        with suppress(csv.Error):
            widths.update(len(row) for row in csv.reader(head, delimiter=separator) if row)
        # Title rows over the table have another width: the width of most rows is the table's.
        width, count = max(widths.items(), key=lambda found: (found[1], found[0]), default=(1, 0))
        return (count / widths.total(), width) if width > 1 else (0, 0)

    return max(SEPARATORS, key=score)


def _head_lines(source: TextIOWrapper) -> list[str]:
    head: list[str] = []
    with suppress(_LineTooLong):
        head.extend(islice(_lines(source), HEAD_LINES))
    return head


def _text(file: Path, encoding: str) -> TextIOWrapper:
    return file.open(encoding=encoding, errors="replace", newline="")


def _lines(source: TextIOWrapper) -> Iterator[str]:
    while line := source.readline(LINE_LIMIT):
        if len(line) == LINE_LIMIT and line[-1] not in "\r\n":
            raise _LineTooLong(line)
        yield line
