# SPDX-License-Identifier: EUPL-1.2
"""Spreadsheets (XLSX), read with the values that the spreadsheet last calculated.

`fastexcel` gives values, but reports neither a formula that was never calculated nor an error value: both would look like empty cells.
So the sheet's XML is first read as a stream. This reading also refuses a field or a whole sheet that would fill the memory, since a few
kilobytes of a spreadsheet can unpack to gigabytes. Two cells far apart fill the memory too, although little is unpacked: the reader
makes the rectangle between them. So a sheet is first read in another process.
"""

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final
from xml.parsers import expat

import fastexcel

from rollkeeper.imports.column_dictionary import HEAD_ROWS, known_names
from rollkeeper.imports.delimited import FIELD_LIMIT, Record
from rollkeeper.imports.errors import IMPORT_FIELD_TOO_LONG, IMPORT_FILE_UNREADABLE
from rollkeeper.imports.row_errors import CELL_ERROR, FORMULA, Reason, UnreadableRow
from rollkeeper.imports.trial_read import try_reading

_MOST_SHEETS: Final = 20
UNPACKED_LIMIT_BYTES: Final = 2 << 30
_BLOCK_BYTES: Final = FIELD_LIMIT * 4
_CONTENTS_BYTES: Final = 16 << 20
"""The limit of the list of sheets, which is read as a whole: a true list has some kilobytes."""
_MOST_FAULTS: Final = 1_000_000
"""The limit of faulty cells. Each is remembered; a sheet with more of them is no list of lines."""
_TOO_LARGE: Final = "unpacked it is larger than 2 GiB; save it as CSV"
_DAMAGED: Final = 4
# The person who hands in a file may choose an archive with a password, an unusual compression, an unknown encoding.
_DAMAGE: Final = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, fastexcel.FastExcelError, expat.ExpatError, LookupError, EOFError, OSError,
    RuntimeError, StopIteration, UnicodeError,
)  # fmt: skip
_PROBE: Final = f"""
import fastexcel
try:
    book = fastexcel.read_excel(file)
    for name in sys.argv[2:] or book.sheet_names[:{_MOST_SHEETS}]:
        book.load_sheet(name, header_row=None, dtypes="string", skip_rows=0)
except MemoryError:
    sys.exit(1)
except Exception:
    pass  # the process that asked finds the same, and says it
except BaseException:
    sys.exit({_DAMAGED})  # a reader that panics: no exception of Python's
"""
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_PLAIN_TIME = re.compile(r" 00:00:00$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of one file, and the cells that have no value though they should."""

    name: str
    faults: Mapping[tuple[int, int], Reason] = field(repr=False)

    @property
    def description(self) -> str:
        """Say how it is read, for a person."""
        return f"a spreadsheet, sheet '{_printable(self.name)}'"

    def records(self, file: Path, wanted: frozenset[int] | None = None) -> Iterator[Record]:
        """Yield every record, calculated values only; a fault in a wanted column makes its row unreadable. Refuses: IMPORT_FILE_UNREADABLE."""
        try:
            sheet = _load(file).load_sheet(self.name, header_row=None, dtypes="string", skip_rows=0)
        except fastexcel.FastExcelError as fault:
            raise IMPORT_FILE_UNREADABLE(
                file=file, why=f"the spreadsheet is damaged ({type(fault).__name__})"
            ) from None
        names = _by_row(self.faults)
        header: list[str] = []
        for number, cells in enumerate(sheet.to_polars().fill_null("").iter_rows(), 1):
            record = [_PLAIN_TIME.sub("", cell) for cell in cells]
            header = header or record
            bad = [c for c in names.get(number, {}) if wanted is None or c in wanted]
            if bad:
                yield UnreadableRow(header[bad[0]] if bad[0] < len(header) else "", names[number][bad[0]])
            else:
                yield record


def _printable(name: str) -> str:
    """Return a name without characters that would move a terminal's cursor, or reverse the text that follows."""
    return "".join(one if one.isprintable() else "?" for one in name)


def open_sheet(file: Path, sheet: str | None) -> Sheet:
    """Return the sheet asked for, or the sheet whose first rows hold the most known column names; otherwise the first.

    Refuses: IMPORT_FILE_UNREADABLE, IMPORT_FIELD_TOO_LONG.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            if "xl/workbook.xml" not in archive.namelist():
                raise IMPORT_FILE_UNREADABLE(file=file, why="it is an archive, not a spreadsheet")
            _require_bounds(file, archive)
            _require_memory(file, sheet)
            names = _load(file).sheet_names
            if sheet and sheet not in names:
                raise IMPORT_FILE_UNREADABLE(
                    file=file, why=f"it has no sheet '{sheet}', only {', '.join(map(_printable, names))}"
                )
            name = sheet or (_likeliest(file, names) if len(names) > 1 else names[0])
            return Sheet(name, _faults(archive, _member(archive, name)))
    except OverflowError:
        raise IMPORT_FILE_UNREADABLE(file=file, why=_TOO_LARGE) from None
    except _DAMAGE as fault:
        raise IMPORT_FILE_UNREADABLE(
            file=file, why=f"the spreadsheet is damaged ({type(fault).__name__})"
        ) from None


def _likeliest(file: Path, names: list[str]) -> str:
    """Return the sheet with the most known column names in one of its first rows: covers and notes have none."""
    scores = [
        max((known_names(row) for row in _first_rows(file, name)), default=0) for name in names[:_MOST_SHEETS]
    ]
    best = max(scores)
    return names[scores.index(best)] if best > 1 else names[0]


def _first_rows(file: Path, name: str) -> list[list[str]]:
    sheet = _load(file).load_sheet(name, header_row=None, dtypes="string", skip_rows=0, n_rows=HEAD_ROWS)
    return [[cell.strip() for cell in row] for row in sheet.to_polars().fill_null("").iter_rows()]


def _load(file: Path) -> fastexcel.ExcelReader:
    return fastexcel.read_excel(file)


def _require_bounds(file: Path, archive: zipfile.ZipFile) -> None:
    """Refuse a file that would not fit, by streaming every part once: the sizes that an archive states may be false."""
    total = 0
    for part in archive.infolist():
        with archive.open(part) as stream:
            while block := stream.read(_BLOCK_BYTES):
                total += len(block)
                if total > UNPACKED_LIMIT_BYTES:
                    raise IMPORT_FILE_UNREADABLE(file=file, why=_TOO_LARGE)
                if len(block) == _BLOCK_BYTES and part.filename.endswith(".xml") and b"<" not in block:
                    raise IMPORT_FIELD_TOO_LONG(
                        file=file,
                        row=f"unknown ({part.filename})",
                        column="unknown",
                        limit=f"{FIELD_LIMIT:,}",
                    )


def _require_memory(file: Path, sheet: str | None) -> None:
    """Refuse a file that would end this process, since its reader finds no memory, or panics. Refuses: IMPORT_FILE_UNREADABLE."""
    ended = try_reading(file, _PROBE, *([sheet] if sheet else [])).returncode
    if ended == _DAMAGED:
        raise IMPORT_FILE_UNREADABLE(file=file, why="the spreadsheet is damaged")
    if ended:
        raise IMPORT_FILE_UNREADABLE(file=file, why=_TOO_LARGE)


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the part of the archive that holds a sheet."""
    identity = ""
    for tag, attributes in _elements(archive, "xl/workbook.xml"):
        if tag == "sheet" and attributes.get("name") == sheet:
            identity = next(
                value for key, value in attributes.items() if key.endswith("id") and key != "sheetId"
            )
    for tag, attributes in _elements(archive, "xl/_rels/workbook.xml.rels"):
        if tag == "Relationship" and attributes["Id"] == identity:
            target = PurePosixPath(attributes["Target"])
            return str(target).lstrip("/") if target.is_absolute() else f"xl/{target}"
    raise KeyError(sheet)


def _elements(archive: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append((tag.rpartition(":")[2], attributes))
    with archive.open(part) as stream:
        content = stream.read(_CONTENTS_BYTES + 1)
    if len(content) > _CONTENTS_BYTES:
        raise OverflowError
    parser.Parse(content, True)
    return found


def _faults(archive: zipfile.ZipFile, part: str) -> dict[tuple[int, int], Reason]:
    """Return the cells with a formula and no value, or with an error for a value, by row and column (from 0)."""
    with archive.open(part) as stream:
        rest, suspicious = b"", False
        while not suspicious and (block := stream.read(_BLOCK_BYTES)):
            suspicious = b"<f" in rest + block or b't="e"' in rest + block
            rest = block[-8:]
    if not suspicious:
        return {}
    watch = _CellWatch()
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK_BYTES):
            watch.parser.Parse(block)
            if len(watch.faults) > _MOST_FAULTS:
                raise OverflowError
    watch.parser.Parse(b"", True)
    return watch.faults


class _CellWatch:
    """Follows the cells of a sheet as they pass."""

    def __init__(self) -> None:
        self.faults: dict[tuple[int, int], Reason] = {}
        self._place, self._is_error, self._has_formula, self._has_value = "", False, False, False
        self._inside_value = False
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._place, self._is_error = attributes.get("r", ""), attributes.get("t") == "e"
            self._has_formula = self._has_value = False
        self._has_formula |= tag == "f"
        self._inside_value = tag in {"v", "t"}

    def _characters(self, data: str) -> None:
        self._has_value |= self._inside_value

    def _end(self, tag: str) -> None:
        self._inside_value = False
        if tag == "c" and (self._is_error or (self._has_formula and not self._has_value)):
            found = _CELL.fullmatch(self._place)
            if found:
                place = int(found.group(2)), _column(found.group(1))
                self.faults[place] = CELL_ERROR if self._is_error else FORMULA


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _by_row(faults: Mapping[tuple[int, int], Reason]) -> dict[int, dict[int, Reason]]:
    rows: dict[int, dict[int, Reason]] = {}
    for (row, column), reason in faults.items():
        rows.setdefault(row, {})[column] = reason
    return rows
