# SPDX-License-Identifier: EUPL-1.2
"""A chunk of lines on its way in: sealed, weeded of what is there already, copied.

The common chunk meets nothing that is there: it is copied at once, and only where PostgreSQL finds a number or a
reference twice is it looked up row by row. Runs inside the act of the import.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from rollkeeper.imports import copy_rows
from rollkeeper.imports.errors import NUMBERS_CONTENDED
from rollkeeper.imports.row_errors import (
    NOT_ESSENTIAL_YET,
    NOT_REGISTERED_YET,
    NUMBER_IN_QUARANTINE,
    NUMBER_TAKEN,
    REFERENCE_TAKEN,
    REFERENCE_TWICE,
    Reason,
)
from rollkeeper.imports.rows import RowChunk
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.ids import new_uuid_bytes
from rollkeeper.lines.contacts import ContactKind, join_contact
from rollkeeper.vault.blind_index import blind_numbers, blind_references
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_columns

PACKAGE = "imports"
_MOST_TRIES = 5


@dataclass(frozen=True, slots=True)
class CopyResult:
    """The result for a chunk's lines."""

    made: int
    known: int


def seal(chunk: RowChunk) -> RowChunk:
    """Give each line its reference (16 bytes) and blind the operator's; seal number and contact where the file has them."""
    columns = chunk.columns
    columns["line_id"] = new_uuid_bytes(len(chunk.rows))
    if "reference" in columns:
        columns["reference_index"] = blind_references(columns.pop("reference"))
    contacts = _contacts(columns, len(chunk.rows))
    columns["contact_sealed"] = _seal_contacts(columns["line_id"], [contact for contact, _ in contacts])
    columns["contact_kind"] = [kind for _, kind in contacts]
    return seal_numbers(chunk) if "number" in columns else chunk


def seal_numbers(chunk: RowChunk) -> RowChunk:
    """Blind and seal the numbers and make every tuple ready."""
    columns = chunk.columns
    numbers = columns.pop("number")
    columns["number_index"] = blind_numbers(numbers)
    ids = columns["line_id"]
    sealed = seal_line_columns(LineField.NUMBER, ids, numbers)
    columns["number_tuple"] = copy_rows.index_tuples(columns["number_index"], ids)
    if "reference_index" in columns:
        columns["reference_tuple"] = copy_rows.index_tuples(columns["reference_index"], ids)
    columns["line_tuple"] = copy_rows.line_tuples(
        ids,
        _middles(chunk),
        columns["number_index"],
        sealed,
        columns.pop("contact_sealed"),
        columns.pop("contact_kind"),
    )
    return chunk


def copy_chunk(chunk: RowChunk, *, import_id: UUID) -> CopyResult:
    """Copy the chunk's lines in; refuse in `chunk` what is there already.

    Precondition: inside an action. Returns: how many were made, and how many an earlier import had made.
    """
    drop_duplicates(chunk)
    known = 0
    for _ in range(_MOST_TRIES):
        try:
            with action():
                _copy("copy_numbers", chunk.columns["number_tuple"])
                _copy("copy_references", chunk.columns.get("reference_tuple", []))
            break
        except psycopg.errors.UniqueViolation:
            known += drop_existing(chunk, import_id=import_id)
    else:
        # A line without its number could not be found: better none of the chunk, which the next run imports.
        raise NUMBERS_CONTENDED()
    _copy("copy_lines", chunk.columns["line_tuple"])
    return CopyResult(len(chunk.rows), known)


def drop_duplicates(chunk: RowChunk) -> None:
    """Refuse rows that occur twice in the chunk."""
    columns = chunk.columns
    faults: list[tuple[int, str, Reason]] = []
    for part, reason in (("reference", REFERENCE_TWICE), ("number", NUMBER_TAKEN)):
        name = f"{part}_index"
        indexes = columns.get(name, ())
        if len(set(indexes)) < len(indexes):
            seen: set[bytes] = set()
            for place_, index in enumerate(indexes):
                if index in seen:
                    faults.append((place_, chunk.names.get(part, ""), reason))
                seen.add(index)
    if faults:
        chunk.refuse(sorted(faults))


def drop_existing(chunk: RowChunk, *, import_id: UUID) -> int:
    """Refuse what the register has already; return how many rows are lines of an earlier import."""
    columns = chunk.columns
    numbers = _existing_numbers(columns["number_index"]) if "number_index" in columns else {}
    references = existing_references(columns["reference_index"]) if "reference_index" in columns else {}
    faults: list[tuple[int, str, Reason]] = []
    known: dict[int, UUID] = {}
    reference_name, number_name = chunk.names.get("reference", ""), chunk.names.get("number", "")
    for place_ in range(len(chunk.rows)):
        held = references.get(columns["reference_index"][place_]) if references else None
        number = numbers.get(columns["number_index"][place_]) if numbers else None
        if held and _is_of_this_import(held, import_id):
            faults.append((place_, reference_name, REFERENCE_TWICE))
        elif held and ("number_index" not in columns or (number and number.line_id == held)):
            known[place_] = held
        elif held:
            faults.append((place_, reference_name, REFERENCE_TAKEN))
        elif number:
            faults.append(
                (place_, number_name, NUMBER_IN_QUARANTINE if number.quarantined_until else NUMBER_TAKEN)
            )
    for fault in (missed := _unapplied_changes(chunk, known)):
        del known[fault[0]]
    _remove(chunk, list(known), faults + missed)
    return len(known)


def _unapplied_changes(chunk: RowChunk, known: Mapping[int, UUID]) -> list[tuple[int, str, Reason]]:
    """Name what the file says of known lines and the register does not: silence would leave an alarm's line to be cut."""
    protected = chunk.columns.get("is_essential", ())
    subscribers = chunk.columns.get("registration", ())
    asked = {
        p: held
        for p, held in known.items()
        if (protected and protected[p]) or (subscribers and subscribers[p])
    }
    if not asked:
        return []
    found = {row.line_id: row for row in rows(sql(PACKAGE, "known_lines"), [list(asked.values())])}
    missed: list[tuple[int, str, Reason]] = []
    for place_, held in asked.items():
        line = found.get(held)
        if line is not None and protected and protected[place_] and not line.is_essential:
            missed.append((place_, chunk.names.get("is_essential", ""), NOT_ESSENTIAL_YET))
        elif line is not None and subscribers and subscribers[place_] and not line.is_registered:
            missed.append((place_, chunk.names.get("registration", ""), NOT_REGISTERED_YET))
    return missed


def _is_of_this_import(line_id: UUID, import_id: UUID) -> bool:
    # Within one millisecond references have no order; the import before this one ended some milliseconds ago.
    return line_id.bytes[:6] >= import_id.bytes[:6]


def existing_references(indexes: Sequence[bytes]) -> dict[bytes, UUID]:
    """Return the lines of the references that the register knows."""
    found = rows(sql(PACKAGE, "existing_references"), [list(indexes)])
    return {bytes(row.reference_index): row.line_id for row in found}


def _existing_numbers(indexes: Sequence[bytes]) -> dict[bytes, Any]:
    found = rows(sql(PACKAGE, "existing_numbers"), [list(indexes)])
    return {bytes(row.number_index): row for row in found}


def _remove(chunk: RowChunk, known: Sequence[int], faults: Sequence[tuple[int, str, Reason]]) -> None:
    gone = {*known}
    refused = [(chunk.rows[place_], column, reason) for place_, column, reason in faults]
    chunk.keep([place_ for place_ in range(len(chunk.rows)) if place_ not in gone])
    places = {row: place_ for place_, row in enumerate(chunk.rows)}
    chunk.refuse([(places[row], column, reason) for row, column, reason in refused])


def _middles(chunk: RowChunk) -> list[bytes]:
    columns, nothing = chunk.columns, [None] * len(chunk.rows)
    return copy_rows.middles(
        columns["service"],
        [subscriber is not None for subscriber in columns.get("registration", nothing)],
        columns.get("is_essential", [False] * len(chunk.rows)),
        columns["activated_on"],
        columns.get("language", nothing),
        columns.get("region", nothing),
    )


def _contacts(columns: dict[str, list[Any]], count: int) -> list[tuple[str | None, ContactKind | None]]:
    nothing: list[Any] = [None] * count
    pairs = zip(columns.pop("contact", nothing), columns.pop("postal", nothing), strict=True)
    return [join_contact(mailbox, postal) for mailbox, postal in pairs]


def _seal_contacts(lines: Sequence[bytes], contacts: Sequence[str | None]) -> list[bytes | None]:
    sealed: list[bytes | None] = [None] * len(lines)
    given = [(i, address) for i, address in enumerate(contacts) if address]
    values = seal_line_columns(
        LineField.CONTACT, [lines[i] for i, _ in given], [address for _, address in given]
    )
    for (i, _), value in zip(given, values, strict=True):
        sealed[i] = value
    return sealed


def _copy(statement: str, ready: Sequence[bytes]) -> None:
    if ready:
        with connection.cursor() as cursor, cursor.copy(sql("lines", statement)) as copy:
            copy.write(copy_rows.SIGNATURE + b"".join(ready) + copy_rows.TRAILER)
