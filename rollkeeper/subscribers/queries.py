# SPDX-License-Identifier: EUPL-1.2
"""Finds a reference again by the whole number of its document, and in no other way."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rollkeeper.access.lookups import counted_lookups
from rollkeeper.documents.rules import also_without_state, document_as_recorded
from rollkeeper.kernel.database import prepared_rows, rows
from rollkeeper.kernel.ids import PersonId
from rollkeeper.vault.blind_index import blind_documents


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document that leads to a person: its kind, and the days on which it was valid for them. Its number is in no table."""

    document_type: str
    since: dt.date | None
    until: dt.date | None


def document_index(documents: Sequence[tuple[str, str]]) -> list[bytes]:
    """Return the blind index of each (type, normalised number): equal numbers of different types never match by accident."""
    return blind_documents([f"{kind} {number}" for kind, number in documents])


def index_of_document(document: tuple[str, str], *, on: dt.date) -> bytes:
    """Return the blind index of one document, however its type and number were typed."""
    (index,) = document_index([document_as_recorded(document, on)])
    return index


def indexes_shown(document: tuple[str, str], *, on: dt.date) -> list[bytes]:
    """Return the index of a document, and its index without the issuing state, which files and older records do not name.

    Only to compare it with the one subscriber of a known line: no person is looked for by a number that two states may use.
    """
    kinds = also_without_state(document[0])
    return document_index([document_as_recorded((kind, document[1]), on) for kind in kinds])


_FIND = "SELECT document_index, person_id, until FROM subscribers_find_documents(%s, %s)"


def find_persons(document_indexes: Sequence[bytes], *, lock: bool = False) -> list[PersonId | None]:
    """Return the person who showed each of these documents before, or None.

    `lock`: the persons found are not erased before the calling transaction ends. An erasure of a person's last record cannot see
    a record that is written at the same moment, so it waits.
    """
    if not document_indexes:
        return []
    with counted_lookups():
        found = prepared_rows(_FIND, [list(document_indexes), lock])
    known = {bytes(row.document_index): PersonId(row.person_id) for row in found}
    return [known.get(bytes(index)) for index in document_indexes]


def principals(persons: Collection[PersonId]) -> dict[PersonId, PersonId]:
    """Return the reference under which each of these people is counted: their own, unless it was joined to another."""
    if not persons:
        return {}
    found = rows(
        "SELECT person_id, principal_id FROM subscribers_personlink WHERE person_id = ANY (%s)",
        [list(persons)],
    )
    joined = {PersonId(row.person_id): PersonId(row.principal_id) for row in found}
    return {person: joined.get(person, person) for person in persons}


def references_of(person_id: PersonId) -> list[PersonId]:
    """Return every reference of one person, this one among them."""
    found = rows("SELECT one AS person_id FROM subscribers_references_of(%s) AS one", [person_id])
    return [PersonId(row.person_id) for row in found]


def replaced_on(document_indexes: Collection[bytes]) -> dict[bytes, dt.date]:
    """Return the documents among these that a newer one replaced, with the day."""
    if not document_indexes:
        return {}
    with counted_lookups():
        found = prepared_rows(_FIND, [list(document_indexes), False])
    return {bytes(row.document_index): row.until for row in found if row.until}


def documents_of(person_id: PersonId) -> list[KnownDocument]:
    """Return the documents that lead to one person under any of their references, the earliest first."""
    found = rows(
        "SELECT d.document_type, d.since, d.until FROM subscribers_references_of(%s) AS one (person_id)"
        " JOIN subscribers_document d USING (person_id) ORDER BY d.since NULLS FIRST, d.document_type",
        [person_id],
    )
    return [KnownDocument(row.document_type, row.since, row.until) for row in found]


def kind_of(person_id: PersonId) -> str | None:
    """Return the kind under which a person was first recorded: a kind of party, or a part in a registration."""
    found = rows("SELECT kind FROM subscribers_subscriber WHERE person_id = %s", [person_id])
    return str(found[0].kind) if found else None


def with_documents(persons: Collection[PersonId]) -> set[PersonId]:
    """Return the people among these who have any document."""
    if not persons:
        return set()
    found = rows(
        "SELECT DISTINCT person_id FROM subscribers_document WHERE person_id = ANY (%s)", [list(persons)]
    )
    return {PersonId(row.person_id) for row in found}


def protected_persons(persons: Collection[PersonId]) -> frozenset[PersonId]:
    """Return the people among these who are under threat: ordinary staff are not told that their lines exist."""
    found = rows(
        "SELECT person_id FROM subscribers_subscriber WHERE person_id = ANY (%s) AND is_protected",
        [list(persons)],
    )
    return frozenset(PersonId(row.person_id) for row in found)


def language_of(person_id: PersonId) -> str | None:
    """Return the language in which a person wants to be notified, None if they named none."""
    found = prepared_rows("SELECT language FROM subscribers_subscriber WHERE person_id = %s", [person_id])
    return found[0].language if found else None


def subscriber_count() -> int:
    """Return how many people are recorded and not erased."""
    (found,) = rows("SELECT count(*) AS people FROM subscribers_subscriber WHERE erased_on IS NULL")
    return int(found.people)
