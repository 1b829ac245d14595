# SPDX-License-Identifier: EUPL-1.2
"""Finding a reference again: by the whole document, exactly, and in no other way."""

from collections.abc import Collection, Sequence

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import PersonId
from rollkeeper.vault.blind import blind_documents


def document_index(documents: Sequence[tuple[str, str]]) -> list[bytes]:
    """Return the blind index of each (type, normalised number): two types never stand for one person by accident."""
    return blind_documents([f"{kind} {number}" for kind, number in documents])


def find_persons(document_indexes: Sequence[bytes]) -> list[PersonId | None]:
    """Return who showed each of these documents before, None where nobody did."""
    if not document_indexes:
        return []
    found = rows(
        "SELECT document_index, person_id FROM subscribers_document WHERE document_index = ANY (%s)",
        [list(document_indexes)],
    )
    known = {bytes(row.document_index): PersonId(row.person_id) for row in found}
    return [known.get(bytes(index)) for index in document_indexes]


def with_documents(persons: Collection[PersonId]) -> set[PersonId]:
    """Return those of these people to whom any document leads."""
    if not persons:
        return set()
    found = rows(
        "SELECT DISTINCT person_id FROM subscribers_document WHERE person_id = ANY (%s)", [list(persons)]
    )
    return {PersonId(row.person_id) for row in found}


def protected_among(persons: Collection[PersonId]) -> frozenset[PersonId]:
    """Return who of them lives under a threat, so that ordinary staff see that a record exists and nothing else."""
    found = rows(
        "SELECT person_id FROM subscribers_subscriber WHERE person_id = ANY (%s) AND is_protected",
        [list(persons)],
    )
    return frozenset(PersonId(row.person_id) for row in found)


def language_of(person_id: PersonId) -> str | None:
    """Return the language in which somebody wants to be told things."""
    found = rows("SELECT language FROM subscribers_subscriber WHERE person_id = %s", [person_id])
    return str(found[0].language) if found else None
