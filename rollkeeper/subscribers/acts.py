# SPDX-License-Identifier: EUPL-1.2
"""Make references to people inside somebody else's act. One document, one person; a name never makes two people one.

None of these asks who acts or writes to the ledger: the act around it does.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.documents.rules import is_known_type
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import PersonId, new_uuids
from rollkeeper.subscribers.errors import DocumentOfAnother
from rollkeeper.subscribers.queries import document_index, find_persons


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """Somebody who stands there with a document: its type and normalised number, None without one."""

    kind: str
    language: str
    document: tuple[str, str] | None
    known: PersonId | None = None
    """Who was found by this document already, in the same transaction."""


def refer_to(shown: Sequence[Shown], *, on: dt.date) -> list[PersonId]:
    """Return a reference for each: the one known by the document, or a new one.

    The same document in two places in the same second gives one reference: who comes second waits and gets the
    first one's. Nobody without a document is ever found again.
    """
    fresh = [PersonId(value) for value in new_uuids(len(shown))]
    indexed = [place for place, person in enumerate(shown) if person.document]
    indexes = document_index([person.document for person in shown if person.document])
    known = _claim(indexes, [fresh[place] for place in indexed], [shown[place] for place in indexed])
    referred = list(fresh)
    for place, index in zip(indexed, indexes, strict=True):
        referred[place] = known[index]
    _make([(fresh[p], shown[p]) for p in range(len(shown)) if referred[p] == fresh[p]], on=on)
    return referred


def protect_subscriber(person_id: PersonId, *, protected: bool) -> None:
    """Note that somebody lives under a threat, or no longer does."""
    run("UPDATE subscribers_subscriber SET is_protected = %s WHERE person_id = %s", [protected, person_id])


def add_document(person_id: PersonId, *, document: tuple[str, str]) -> None:
    """Note a further document of one person: a renewed passport, a new card. Refuses: DocumentOfAnother."""
    (index,) = document_index([document])
    _insert([index], [person_id], [_type_in_clear(document)])
    if find_persons([index])[0] != person_id:
        raise DocumentOfAnother


def _claim(
    indexes: Sequence[bytes], candidates: Sequence[PersonId], shown: Sequence[Shown]
) -> dict[bytes, PersonId]:
    """Return the reference of each document: the candidate's where nobody came first."""
    first: dict[bytes, tuple[PersonId, str]] = {}
    for index, candidate, person in zip(indexes, candidates, shown, strict=True):
        first.setdefault(index, (candidate, _type_in_clear(person.document)))
    known = {index: person.known for index, person in zip(indexes, shown, strict=True) if person.known}
    asked = [index for index in first if index not in known]
    known |= {i: p for i, p in zip(asked, find_persons(asked), strict=True) if p is not None}
    new = [index for index in first if index not in known]
    won = _insert(new, [first[i][0] for i in new], [first[i][1] for i in new])
    lost = [index for index in new if index not in won]
    known |= {index: first[index][0] for index in won}
    return known | {i: p for i, p in zip(lost, find_persons(lost), strict=True) if p is not None}


def _type_in_clear(document: tuple[str, str] | None) -> str:
    """Return a type that may stand in clear: what is not known by name could be somebody's, in the wrong field."""
    return document[0] if document and is_known_type(document[0]) else "other"


def _insert(indexes: Sequence[bytes], persons: Sequence[PersonId], types: Sequence[str]) -> set[bytes]:
    if not indexes:
        return set()
    values = {"indexes": list(indexes), "persons": list(persons), "types": list(types)}
    return {bytes(row.document_index) for row in rows(sql("subscribers", "note_documents"), values)}


def _make(made: Sequence[tuple[PersonId, Shown]], *, on: dt.date) -> None:
    if made:
        run(sql("subscribers", "make_subscribers"), {
            "on": on,
            "persons": [person_id for person_id, _ in made],
            "kinds": [shown.kind for _, shown in made],
            "languages": [shown.language for _, shown in made],
        })  # fmt: skip
