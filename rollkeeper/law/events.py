# SPDX-License-Identifier: EUPL-1.2
"""Reads a file of line histories strictly: every faulty row is reported, with its number and column.

The header is row 1, as in a spreadsheet; blank lines count and are skipped. Faults say what sort of value was found,
never the value: a file from a real operator may hold anything. Any file is read in pieces, so that neither a million
lines nor one endless field fills the memory.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

import polars as pl

from rollkeeper.kernel.choices import SAID_PAYMENTS, Service
from rollkeeper.kernel.errors import Phrase, RollkeeperError, raise_all
from rollkeeper.law.errors import EVENT_FAULT, EVENTS_FILE_NOT_READ

COLUMNS: Final = ("line", "date", "event", "until")
REGISTERING: Final = ("registered", "declared", "sighted", "checked", "machine_read")
"""The events of a registration. All but the first also say its assurance."""
VERIFYING: Final = ("verified", "transferred")
"""The events that answer a campaign that asks registered subscribers again."""
LAST_DAY: Final = "last_day"
"""The last day on which a registration is good."""
SERVICES: Final = tuple(Service.values)
"""The service of a line; without such a row, it is one that the law is about."""
PAYMENTS: Final = SAID_PAYMENTS
"""How a line is paid; without such a row, it is not known."""
PARTY_KINDS: Final = ("individual", "minor", "company")
"""The kind of the registered subscriber; without such a row, it is not known."""
REGION: Final = "region:"
"""Prefix of an event that names a line's region; without such a row, it is not known."""
LINES: Final = "lines:"
"""Prefix of an event that says how many lines the subscriber has from that day on, this one included; without such a row, it is not known."""
STAY_OF: Final = "stay:"
"""Prefix of an event that names the one campaign that a stay pauses."""
MOMENTS: Final = (
    "activated",
    "notice_delivered",
    "notice_bounced",
    *REGISTERING,
    *VERIFYING,
    LAST_DAY,
    "ended",
    *SERVICES,
    *PAYMENTS,
    *PARTY_KINDS,
)
STRETCHES: Final = ("pause", "hold", "stay", "outage")
GLOBAL_EVENTS: Final = ("stay", "outage")
ALL_LINES: Final = "*"
_ROWS_AT_ONCE: Final = 200_000
_LONGEST_LINE: Final = 1_000_000
_NO_SUCH_EVENT: Final = Phrase(
    "there is no such event; the events are {events}; before a campaign, a region or a number {beginnings}",
    events=Phrase(", ".join((*MOMENTS, *STRETCHES))), beginnings=Phrase(f"{STAY_OF}, {REGION}, {LINES}"),
)  # fmt: skip
_ISO_DATE: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


@dataclass(frozen=True, slots=True)
class Events:
    """The rows of a file: `line` is the index of a name in `names` (sorted), None for a row about every line."""

    names: pl.Series
    rows: pl.DataFrame
    """Columns line (UInt32), day (Date), event (String), until (Date)."""


def read_events(file: Path) -> Events:
    """Read a whole file. Refuses: EVENTS_FILE_NOT_READ, EVENT_FAULT (all of them together)."""
    faults: list[RollkeeperError] = []
    parts = list(_parts(file, faults))
    raise_all(faults)
    rows = pl.concat(parts) if parts else _checked_frame([])
    names = rows.filter(pl.col("line") != ALL_LINES)["line"].unique().sort()
    index = names.to_frame("line").with_row_index("number")
    numbered = rows.join(index, on="line", how="left", maintain_order="left")
    return Events(names, numbered.select(pl.col("number").alias("line"), "day", "event", "until"))


def _parts(file: Path, faults: list[RollkeeperError]) -> Iterator[pl.DataFrame]:
    try:
        with file.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as text:
            records = _records(text)
            header = next(records, [])
            order = _column_order(header, file, faults)
            row = 2
            while not faults and (chunk := list(islice(records, _ROWS_AT_ONCE))):
                found: list[RollkeeperError] = []
                yield _part(chunk, order, row, file, found)
                row += len(chunk)
                if found:
                    faults.extend(found)
                    faults.extend(_remaining_faults(records, order, row, file))
    except OSError as fault:
        raise EVENTS_FILE_NOT_READ(file=file, why=fault.strerror or "it cannot be read") from fault


def _remaining_faults(
    records: Iterator[list[str]], order: Sequence[int], row: int, file: Path
) -> Iterator[RollkeeperError]:
    """Look through the rest of a file that is refused already, keeping only its faults."""
    while chunk := list(islice(records, _ROWS_AT_ONCE)):
        found: list[RollkeeperError] = []
        _part(chunk, order, row, file, found)
        yield from found
        row += len(chunk)


def _records(text: TextIO) -> Iterator[list[str]]:
    """Yield the fields of each row; a row that is no CSV yields the one field NUL."""
    reader = csv.reader(_lines(text), strict=True)
    while True:
        try:
            yield from reader
        except csv.Error:
            yield [""]
        else:
            return


def _lines(text: TextIO) -> Iterator[str]:
    while line := text.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE and not line.endswith(("\n", "\r")):
            while (rest := text.readline(_LONGEST_LINE)) and not rest.endswith(("\n", "\r")):
                pass
            line = line[:200_000].replace('"', "").replace(",", "") + "\n"
        yield line


def _column_order(header: list[str], file: Path, faults: list[RollkeeperError]) -> list[int]:
    """Return the position of each column. Columns may come in any order."""

    def fault(column: str, why: str) -> None:
        faults.append(EVENT_FAULT(file=file, row=1, column=column, why=why))

    if _clean(header) != header:
        fault("number 1", "the file is not UTF-8 text")
        return []
    if len(header) == 1 and any(sign in header[0] for sign in ";\t|"):
        fault("number 1", "the columns are separated by commas; export the file as CSV with commas")
        return []
    for name in COLUMNS:
        if header.count(name) != 1:
            fault(name, "the column occurs twice" if name in header else "the column is missing")
    for place, name in enumerate(header, 1):
        if name not in COLUMNS:
            fault(f"number {place}", "its name is none of line, date, event and until")
    return [] if faults else [header.index(name) for name in COLUMNS]


def _part(
    chunk: list[list[str]], order: Sequence[int], row: int, file: Path, faults: list[RollkeeperError]
) -> pl.DataFrame:
    """Check a piece of the file: return its sound rows, and add the faults of the others to `faults`."""
    numbers: Sequence[int] = range(row, row + len(chunk))
    if any(len(record) != len(COLUMNS) for record in chunk):
        faults.extend(_wrong_lengths(chunk, order, row, file))
        sound = [(number, record) for number, record in enumerate(chunk, row) if len(record) == len(COLUMNS)]
        numbers, chunk = [number for number, _ in sound], [record for _, record in sound]
    columns = list(zip(*chunk, strict=True))
    fields = [_clean(columns[place]) for place in order] if columns else [[], [], [], []]
    frame = _checked_frame(fields)
    bad = frame.select("line_why", "date_why", "event_why", "until_why")
    if bad.select(pl.any_horizontal(pl.all().is_not_null().any())).item():
        faults.extend(_row_faults(frame, numbers, file))
    faults.sort(key=lambda fault: fault.facts["row"])  # type: ignore[arg-type, return-value]
    return frame.select("line", "day", "event", "until")


def _clean(column: Sequence[str]) -> Sequence[str]:
    """Mark the fields that are not UTF-8 with a NUL, which no good field has."""
    try:
        "".join(column).encode()
    except UnicodeEncodeError:
        return ["\0" if any("\ud800" <= c <= "\udfff" for c in field) else field for field in column]
    return column


def _checked_frame(fields: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Return the fields with their meaning, and with what is wrong with each (None if nothing is)."""
    given = dict(zip(COLUMNS, fields or [[], [], [], []], strict=True))
    raw = pl.DataFrame(given, schema=dict.fromkeys(COLUMNS, pl.String))
    read = raw.with_columns(_date("date").alias("day"), _date("until").alias("last"))
    event = pl.col("event")
    is_stay_of_one = event.str.contains(f"^{STAY_OF}.")
    stretch = event.is_in(STRETCHES) | is_stay_of_one
    known = event.is_in(MOMENTS) | stretch | event.str.contains(f"^(?:{REGION}.|{LINES}[1-9][0-9]{{0,8}}$)")
    no_until = pl.col("until") == ""
    return read.select(
        pl.col("line"),
        pl.col("day"),
        event,
        pl.col("last").alias("until"),
        pl.col("date").alias("date_text"),
        pl.col("until").alias("until_text"),
        _why(
            (_not_utf8("line"), "the field is not UTF-8 text"),
            (pl.col("line") == "", "the name of a line is missing"),
            (
                (event.is_in(GLOBAL_EVENTS) | is_stay_of_one) & (pl.col("line") != ALL_LINES),
                "a stay or an outage concerns every line, so it must be *",
            ),
        ).alias("line_why"),
        _why((pl.col("day").is_null(), "there is no such date; write YYYY-MM-DD")).alias("date_why"),
        _why((~known, _NO_SUCH_EVENT)).alias("event_why"),
        _why(
            (known & stretch & no_until, "the event needs its last day"),
            (known & ~stretch & ~no_until, "the event has no last day, so it must be empty"),
            (~no_until & pl.col("last").is_null(), "there is no such date; write YYYY-MM-DD"),
            (pl.col("last") < pl.col("day"), "the last day lies before the date of the row"),
        ).alias("until_why"),
    )


def _date(column: str) -> pl.Expr:
    text = pl.col(column)
    day = text.str.to_date("%Y-%m-%d", strict=False)
    sound = text.str.contains(_ISO_DATE) & (day >= pl.date(1, 1, 1))
    return pl.when(sound).then(day)


def _not_utf8(column: str) -> pl.Expr:
    return pl.col(column) == "\0"


def _why(*cases: tuple[pl.Expr, str]) -> pl.Expr:
    """Return the first sentence whose condition holds, None if none does."""
    return pl.coalesce(*(pl.when(condition).then(pl.lit(sentence)) for condition, sentence in cases))


def _row_faults(frame: pl.DataFrame, numbers: Sequence[int], file: Path) -> Iterator[RollkeeperError]:
    wrong = frame.with_columns(pl.Series("row", numbers, pl.Int64)).filter(
        pl.any_horizontal(pl.col(f"{column}_why").is_not_null() for column in COLUMNS)
    )
    for found in wrong.iter_rows(named=True):
        texts = {
            "line": found["line"],
            "date": found["date_text"],
            "event": found["event"],
            "until": found["until_text"],
        }
        for column in COLUMNS:
            if why := found[f"{column}_why"]:
                said = _NO_SUCH_EVENT if why == _NO_SUCH_EVENT else Phrase(why)
                what = Phrase("{why} (found {found})", why=said, found=value_class(texts[column]))
                yield EVENT_FAULT(file=file, row=found["row"], column=column, why=what)


def _wrong_lengths(
    chunk: list[list[str]], order: Sequence[int], row: int, file: Path
) -> Iterator[RollkeeperError]:
    names = [COLUMNS[order.index(place)] for place in range(len(COLUMNS))]
    for number, record in enumerate(chunk, row):
        if not record or len(record) == len(COLUMNS):
            continue
        if record == [""]:
            yield EVENT_FAULT(
                file=file,
                row=number,
                column=names[0],
                why="the row is not CSV: a stray quote or a field without end",
            )
            continue
        column = names[len(record)] if len(record) < len(COLUMNS) else f"number {len(COLUMNS) + 1}"
        why = Phrase(
            "the row has {fields} fields instead of {wanted}", fields=len(record), wanted=len(COLUMNS)
        )
        yield EVENT_FAULT(file=file, row=number, column=column, why=why)


def value_class(text: str) -> str:
    """Say what sort of value it is without saying the value."""
    if not text:
        return "nothing"
    if text == "\0":
        return "other bytes"
    sorts = {
        "letters": any(c.isalpha() for c in text),
        "digits": any(c.isdigit() for c in text),
        "spaces": any(c.isspace() for c in text),
        "signs": any(not (c.isalnum() or c.isspace()) for c in text),
    }
    found = ", ".join(name for name, is_found in sorts.items() if is_found)
    return Phrase("{count} characters: {sorts}", count=len(text), sorts=found)
