# SPDX-License-Identifier: EUPL-1.2
"""Seals a chunk of lines, removes the rows that the register has already, and copies the rest.

Usually the register has none of a chunk's lines. So the chunk is copied at once, and looked up row by row only if PostgreSQL finds
a number or a reference twice. Runs inside the action of the import.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from rollkeeper.imports import copy_rows
from rollkeeper.imports.choices import BARRED, LineStatus
from rollkeeper.imports.errors import NUMBERS_CONTENDED
from rollkeeper.imports.row_errors import (
    NOT_REGISTERED_YET,
    NUMBER_IN_QUARANTINE,
    NUMBER_TAKEN,
    REFERENCE_TAKEN,
    REFERENCE_TWICE,
    Reason,
)
from rollkeeper.imports.rows import Completion, RowChunk
from rollkeeper.kernel.choices import SAID_PAYMENTS, Payment
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.ids import LineId, new_uuid_bytes
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.contacts import ContactKind, join_contact
from rollkeeper.lines.writes import add_references, bar_imported, complete_payments
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
    barred: int


def seal(chunk: RowChunk) -> RowChunk:
    """Give each line its reference (16 bytes) and blind the operator's reference; seal number and contact if the file has them."""
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


def copy_chunk(chunk: RowChunk, *, import_id: UUID, on: dt.date) -> CopyResult:
    """Copy the chunk's lines into the register; refuse in `chunk` the rows that it has already, and note what completes known lines.

    Precondition: inside an action. Returns: how many were made, how many an earlier import had made, how many are barred.
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
    barred = _barred(chunk)
    bar_imported(barred, on=on)
    add_references({
        LineId(UUID(bytes=one.line_id)): one.reference_index for one in chunk.completions if one.reference_index
    })  # fmt: skip
    complete_payments(
        {LineId(UUID(bytes=one.line_id)): Payment(one.payment) for one in chunk.completions if one.payment}
    )
    return CopyResult(len(chunk.rows), known, len(barred))


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
    """Refuse rows that the register has already; return how many rows are lines of an earlier import.

    A line is recognised by the operator's reference, or by its number if it is in service since the same day. What the file adds
    to a known line goes into the chunk's completions.
    """
    columns = chunk.columns
    numbers = _existing_numbers(columns["number_index"]) if "number_index" in columns else {}
    references = existing_references(columns["reference_index"]) if "reference_index" in columns else {}
    faults: list[tuple[int, str, Reason]] = []
    by_reference: dict[int, UUID] = {}
    by_number: dict[int, UUID] = {}
    reference_name, number_name = chunk.names.get("reference", ""), chunk.names.get("number", "")
    for place_ in range(len(chunk.rows)):
        held = references.get(columns["reference_index"][place_]) if references else None
        number = numbers.get(columns["number_index"][place_]) if numbers else None
        if held and _is_of_this_import(held, import_id):
            faults.append((place_, reference_name, REFERENCE_TWICE))
        elif held and ("number_index" not in columns or (number and number.line_id == held)):
            by_reference[place_] = held
        elif held:
            faults.append((place_, reference_name, REFERENCE_TAKEN))
        elif number and number.quarantined_until:
            faults.append((place_, number_name, NUMBER_IN_QUARANTINE))
        elif number and _is_of_this_import(number.line_id, import_id):
            faults.append((place_, number_name, NUMBER_TAKEN))
        elif number:
            by_number[place_] = number.line_id
    lines = _known_lines([*by_reference.values(), *by_number.values()])
    for place_, held in by_number.items():
        if _is_same_line(lines.get(held), columns, place_):
            by_reference[place_] = held
        else:
            faults.append((place_, number_name, NUMBER_TAKEN))
    missed = _complete(chunk, by_reference, lines)
    known = [place_ for place_ in by_reference if place_ not in {fault[0] for fault in missed}]
    _remove(chunk, known, faults + missed)
    return len(known)


def _is_same_line(line: Any, columns: Mapping[str, Sequence[Any]], place_: int) -> bool:
    """Tell whether a row is the line that has its number now: in service since the same day, and not of another reference."""
    if line is None or line.activated_on != columns["activated_on"][place_]:
        return False
    return not (line.has_reference and "reference_index" in columns)


def _known_lines(line_ids: Sequence[UUID]) -> dict[UUID, Any]:
    """Lock current lines, so that they are not registered meanwhile, and return them."""
    if not line_ids:
        return {}
    rows("SELECT lines_lock_lines(%s)", [list(line_ids)])
    return {row.line_id: row for row in rows(sql(PACKAGE, "known_lines"), [list(line_ids)])}


def _complete(
    chunk: RowChunk, known: Mapping[int, UUID], lines: Mapping[UUID, Any]
) -> list[tuple[int, str, Reason]]:
    """Note what the file adds to known lines; return what the file says but an import may not do."""
    columns = chunk.columns
    nothing = [None] * len(chunk.rows)
    essential = columns.get("is_essential", nothing)
    subscribers, languages = columns.get("registration", nothing), columns.get("language", nothing)
    references, payments = columns.get("reference_index", nothing), columns.get("payment", nothing)
    missed: list[tuple[int, str, Reason]] = []
    for place_, held in known.items():
        line = lines.get(held)
        if line is None:
            continue
        subscriber = subscribers[place_] if not line.is_registered else None
        if essential[place_] and not line.is_essential:
            # No output says which lines these were: otherwise a file could ask of every line whether a life may depend on it.
            chunk.essential.append(held.bytes)
        if subscriber and line.waits_for_registration:
            missed.append((place_, chunk.names.get("registration", ""), NOT_REGISTERED_YET))
            subscriber = None
        reference = None if line.has_reference else references[place_]
        payment = payments[place_] if line.payment == Payment.UNKNOWN else None
        if subscriber or reference or payment in SAID_PAYMENTS:
            added = Completion(held.bytes, subscriber, languages[place_], reference, payment)
            chunk.completions.append(added)
    return missed


def _barred(chunk: RowChunk) -> dict[LineId, SuspensionReason]:
    """Return the lines of a chunk that are imported as barred, and why."""
    said = zip(chunk.columns["line_id"], chunk.columns.get("status", ()), strict=False)
    return {LineId(UUID(bytes=line)): BARRED[LineStatus(status)] for line, status in said if status in BARRED}


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
    states = [
        (LineState.SUSPENDED if status in BARRED else LineState.ACTIVE).value
        for status in columns.get("status", nothing)
    ]
    return copy_rows.middles(
        columns["service"],
        states,
        [subscriber is not None for subscriber in columns.get("registration", nothing)],
        columns.get("is_essential", [False] * len(chunk.rows)),
        columns["activated_on"],
        columns.get("language", nothing),
        columns.get("region", nothing),
        [payment or Payment.UNKNOWN.value for payment in columns.get("payment", nothing)],
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
