# SPDX-License-Identifier: EUPL-1.2
"""Reads a file of registrations, one JSON object or one row of a table each, and says what is wrong with each faulty row.

A row's values leave this module only inside a `Submission`: a fault names row, column and class, never a value.
Line ends may be mixed; a line longer than any registration is skipped without being held in memory.
"""

import codecs
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Final

from rollkeeper.kernel.choices import SAID_PAYMENTS, IdentityCheck, Payment, Service
from rollkeeper.kernel.errors import RollkeeperError, as_one
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.table_files import REGISTRATION_TABLES, RegistrationTable, TableRow, is_table
from rollkeeper.law.packs import load_pack
from rollkeeper.registration.errors import FILE_NOT_USABLE, INVALID_ROW
from rollkeeper.registration.kind_rules import AUTHORITY_SHOWN
from rollkeeper.registration.party_kinds import kind_named, kind_names
from rollkeeper.registration.rules import is_usable_key, showable
from rollkeeper.registration.submissions import (
    FILE_KEY,
    LINES_ELSEWHERE,
    MOST_LINES_ELSEWHERE,
    ROW_KEY,
    Submission,
    lines_elsewhere_in,
)
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.blind_index import blind_references
from rollkeeper.vault.fields import Field

GREATEST_LINE_BYTES = 64_000
_CHUNK_BYTES = 1 << 20
_LOOKED_AT = 100
_OWN_KEYS: Final = frozenset(
    {
        "number",
        "kind",
        "service",
        "payment",
        "language",
        "route",
        "last_day",
        "identity_check",
        "authority_shown",
        LINES_ELSEWHERE,
        "submission_key",
        "user",
        "bearer",
        "guardian",
    }
)
_SHOWN: Final = "yes"
"""The value in a file for a company whose representative showed the proof that the law asks for."""
_PART_KEYS: Final = {"user": PartyRole.USER, "bearer": PartyRole.BEARER, "guardian": PartyRole.GUARDIAN}
_TABLE_KEYS: Final = _OWN_KEYS - _PART_KEYS.keys() | {
    f"{part}{field.value}" for part in ("", *(f"{key}." for key in _PART_KEYS)) for field in Field
}
"""The names of columns in a table; another person's begin with `user.`, `bearer.` or `guardian.`."""
_CLASSES: Final = {
    dict: "an object",
    list: "a list",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One line of the file: its submission, or what is wrong with it."""

    number: int
    content: Submission | RollkeeperError


class _Repeated(ValueError):
    """A key occurs twice in one object."""


def require_usable(path: Path) -> None:
    """Refuse a file in which no row can be read. Refuses: FILE_NOT_USABLE; for a table its faults, by row and column."""
    if is_table(path):
        _open_table(path)
        return
    try:
        with path.open("rb") as file:
            head = [line for _, line in zip(range(_LOOKED_AT), _lines(file), strict=False)]
    except OSError as fault:
        raise FILE_NOT_USABLE(file=path.name, why=fault.strerror or "it cannot be read") from None
    texts = [line for line in head if line is None or line.strip()]
    if not texts:
        raise FILE_NOT_USABLE(file=path.name, why="it is empty")
    first = texts[0] or b""
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in first:
        raise FILE_NOT_USABLE(file=path.name, why="it is not in UTF-8")
    if not any(
        line is not None and line.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{") for line in texts
    ):
        raise FILE_NOT_USABLE(file=path.name, why=f"none of its first {len(texts)} lines is a JSON object")
    if all(line is None or _decoded(line) is None for line in texts):
        raise FILE_NOT_USABLE(file=path.name, why="it is not in UTF-8")


def read_rows(path: Path) -> Iterator[tuple[Row, int]]:
    """Yield each row that is not blank, with how much of the file has been read: bytes, or rows of a table."""
    if is_table(path):
        table = _open_table(path)
        for done, row in enumerate(table.rows(), start=1):
            yield Row(row.number, _read_table_row(row)), done
        return
    with path.open("rb") as file:
        for number, line in enumerate(_lines(file), start=1):
            if line is None or line.strip():
                yield Row(number, _read(line)), file.tell()


def size_of(path: Path) -> int:
    """Return how much there is to read: bytes, or rows of a table."""
    return _open_table(path).row_count if is_table(path) else path.stat().st_size


def _open_table(path: Path) -> RegistrationTable:
    """Open a table, which must have a column of numbers. Refuses: FILE_NOT_USABLE; and the faults of a file."""
    if not path.is_file():
        raise FILE_NOT_USABLE(file=path.name, why="there is no such file")
    table = REGISTRATION_TABLES.only()(path, _TABLE_KEYS)
    if "number" not in table.keys:
        raise FILE_NOT_USABLE(file=path.name, why="none of its columns is named 'number'")
    return table


def _read_table_row(row: TableRow) -> Submission | RollkeeperError:
    if row.values is None:
        return INVALID_ROW(column=showable(row.column), value_class=row.fault)
    found: dict[str, Any] = {}
    for key, value in row.values.items():
        part, _, inner = key.partition(".")
        if inner:
            found.setdefault(part, {})[inner] = value
        else:
            found[key] = value
    return _submission(found)


def with_keys(rows: Sequence[Row]) -> list[Row]:
    """Give each submission a key: a keyed hash of its key in the file or, if it has none, of its content.

    So the same row is never recorded twice, no one can test with the receipts alone whether a person is in the register, and the
    operator's own number of a customer is not stored.
    """
    named = [
        (position, row.content, text)
        for position, row in enumerate(rows)
        if isinstance(row.content, Submission) and (text := _key_text(row.content))
    ]
    keyed = list(rows)
    indexes = blind_references([text for _, _, text in named])
    for (position, submission, _), index in zip(named, indexes, strict=True):
        prefix = FILE_KEY if submission.submission_key else ROW_KEY
        keyed[position] = Row(rows[position].number, _with_key(submission, f"{prefix}{index.hex()}"))
    return keyed


def _key_text(submission: Submission) -> str:
    """Return the text from which the key is made; empty if the file's key is unusable and will be refused."""
    if not submission.submission_key:
        return _content(submission)
    return f"submission key {submission.submission_key}" if is_usable_key(submission.submission_key) else ""


def _content(submission: Submission) -> str:
    parts = {part.value: dict(values) for part, values in submission.parts.items()}
    whole = [submission.number, submission.asked_as, submission.service, submission.language, parts]
    whole += [
        one
        for one in (submission.route, submission.last_day, submission.payment, submission.identity_check)
        if one
    ]
    whole += [AUTHORITY_SHOWN] if submission.authority_shown else []
    return json.dumps(whole, sort_keys=True, ensure_ascii=True)


def _with_key(submission: Submission, key: str) -> Submission:
    return replace(submission, submission_key=key)


def _lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Yield each line without its line ending; None for a line that is too long."""
    rest, too_long = b"", False
    while chunk := file.read(_CHUNK_BYTES):
        while chunk.endswith(b"\r") and (more := file.read(1)):
            chunk += more
        *whole, rest = [*(rest + chunk).splitlines(keepends=True)] if chunk else [rest]
        if rest.endswith((b"\n", b"\r")):
            whole, rest = [*whole, rest], b""
        for line in whole:
            yield None if too_long or len(line) > GREATEST_LINE_BYTES else line.rstrip(b"\r\n")
            too_long = False
        if len(rest) > GREATEST_LINE_BYTES:
            rest, too_long = b"", True
    if rest or too_long:
        yield None if too_long else rest


def _decoded(line: bytes) -> str | None:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _read(line: bytes | None) -> Submission | RollkeeperError:
    if line is None:
        return INVALID_ROW(column="(the whole row)", value_class=f"longer than {GREATEST_LINE_BYTES} bytes")
    text = _decoded(line)
    if text is None:
        return INVALID_ROW(column="(the whole row)", value_class="it is not in UTF-8")
    try:
        found = json.loads(text, object_pairs_hook=_without_repetition)
    except _Repeated as fault:
        return INVALID_ROW(column=str(fault), value_class="it occurs twice in the row")
    except (ValueError, RecursionError):
        return INVALID_ROW(column="(the whole row)", value_class="it is not JSON")
    if not isinstance(found, dict):
        return INVALID_ROW(column="(the whole row)", value_class="it is not an object")
    return _submission(found)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise _Repeated(showable(next(name for name in names if names.count(name) > 1)))
    return {name: value for name, value in found.items() if value is not None}


def _submission(row: Mapping[str, Any]) -> Submission | RollkeeperError:
    wrong = [*_wrong_columns(row)]
    if wrong:
        return as_one(wrong)
    subscriber = {name: value for name, value in row.items() if name not in _OWN_KEYS}
    parts = {PartyRole.SUBSCRIBER: subscriber} | {
        part: row[key] for key, part in _PART_KEYS.items() if key in row
    }
    kind = kind_named(row.get("kind", PartyKind.INDIVIDUAL), load_pack(instance().pack))
    assert kind is not None  # noqa: S101 - its column was looked at
    return Submission(
        submission_key=row.get("submission_key", ""),
        number=row["number"],
        kind=kind.built_in,
        added_kind=kind.added,
        last_day=row.get("last_day") or None,
        identity_check=IdentityCheck(row["identity_check"]) if "identity_check" in row else None,
        authority_shown=AUTHORITY_SHOWN in row,
        parts=parts,
        service=Service(row["service"]) if "service" in row else None,
        payment=Payment(row["payment"]) if "payment" in row else None,
        lines_elsewhere=lines_elsewhere_in(row.get(LINES_ELSEWHERE)),
        language=row.get("language"),
        route=row.get("route"),
        document_seen=False,
    )


def _wrong_columns(row: Mapping[str, Any]) -> Iterator[RollkeeperError]:
    if "number" not in row:
        yield INVALID_ROW(column="number", value_class="it is missing")
    for key in _PART_KEYS:
        if key in row and not isinstance(row[key], dict):
            yield INVALID_ROW(column=key, value_class=f"it is {_class(row[key])}, not an object")
    yield from (_not_text(name, value) for name, value in _texts(row) if not isinstance(value, str))
    choices: tuple[tuple[str, Sequence[str]], ...] = (
        ("kind", kind_names(load_pack(instance().pack))), ("service", tuple(Service)), ("payment", SAID_PAYMENTS), ("identity_check", tuple(IdentityCheck)), (AUTHORITY_SHOWN, (_SHOWN,)), ("language", instance().languages),
    )  # fmt: skip
    for key, allowed in choices:
        if key in row and row[key] not in allowed:
            yield INVALID_ROW(column=key, value_class=f"it is none of {', '.join(allowed)}")
    said = row.get(LINES_ELSEWHERE)
    if isinstance(said, str) and lines_elsewhere_in(said) is None:
        yield INVALID_ROW(
            column=LINES_ELSEWHERE, value_class=f"it is no number from 0 to {MOST_LINES_ELSEWHERE}"
        )


def _texts(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if name not in _PART_KEYS:
            yield showable(name), value
        elif isinstance(value, dict):
            yield from ((f"{name}.{showable(inner)}", text) for inner, text in value.items())


def _not_text(name: str, value: object) -> RollkeeperError:
    return INVALID_ROW(column=name, value_class=f"it is {_class(value)}, not a text in quotes")


def _class(value: object) -> str:
    return next((word for kind, word in _CLASSES.items() if isinstance(value, kind)), "a text")
