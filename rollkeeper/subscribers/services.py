# SPDX-License-Identifier: EUPL-1.2
"""Makes references to people inside another service's transaction. One document is one person; equal names never join two people.

These functions neither check who acts nor write to the ledger: the calling service does both.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.access.lookups import counted_lookups
from rollkeeper.documents.rules import is_known_type
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.database import prepared_rows, prepared_run, rows, run
from rollkeeper.kernel.ids import EntryId, PersonId, new_uuids
from rollkeeper.subscribers.errors import DocumentOfAnother
from rollkeeper.subscribers.queries import document_index, find_persons, principals


@dataclass(frozen=True, slots=True, repr=False)
class PresentedPerson:
    """A person who is present with a document: its type and normalised number, None without one."""

    kind: str
    language: str | None
    document: tuple[str, str] | None
    known: PersonId | None = None
    """The person already found by this document, in the same transaction."""


def find_or_create_persons(shown: Sequence[PresentedPerson], *, on: dt.date) -> list[PersonId]:
    """Return a reference for each person: the one that the document leads to, or a new one.

    If two places record the same document at the same moment, the second waits and gets the reference of the first. A person
    without a document is never found again.
    """
    fresh = [PersonId(value) for value in new_uuids(len(shown))]
    indexed = [place for place, person in enumerate(shown) if person.document]
    indexes = document_index([person.document for person in shown if person.document])
    known = _claim(indexes, [fresh[place] for place in indexed], [shown[place] for place in indexed], on=on)
    referred = list(fresh)
    for place, index in zip(indexed, indexes, strict=True):
        referred[place] = known[index]
    _make([(fresh[p], shown[p]) for p in range(len(shown)) if referred[p] == fresh[p]], on=on)
    return referred


def make_subscriber(
    person_id: PersonId, *, kind: str, language: str | None, document: tuple[bytes, str], on: dt.date
) -> None:
    """Make one subscriber under a given reference, with one document: its index and its type."""
    _make_people([person_id], [kind], [language], on=on)
    _insert([document[0]], [person_id], [document[1]], on=on)


def set_protection(person_id: PersonId, *, protected: bool) -> None:
    """Record that a person is under threat, or no longer is, for all their documents. A worker may begin protection but not end it."""
    if protected:
        run("SELECT subscribers_protect(%s)", [person_id])
    else:
        run(
            "UPDATE subscribers_subscriber SET is_protected = false WHERE person_id IN (SELECT subscribers_references_of(%s))",
            [person_id],
        )


def add_document(person_id: PersonId, *, document: tuple[str, str], on: dt.date) -> None:
    """Note a further document of one person: a renewed passport, a new card. Refuses: DocumentOfAnother."""
    (index,) = document_index([document])
    _insert([index], [person_id], [_type_in_clear(document)], on=on)
    (known,) = find_persons([index])
    if known is None or len(set(principals({known, person_id}).values())) != 1:
        raise DocumentOfAnother


def replace_document(person_id: PersonId, *, former: tuple[str, str], on: dt.date) -> None:
    """Note that a newer document replaced this one: it still leads to its subscriber, but proves nothing any more."""
    _set_replaced(person_id, former, on=on)


def restore_document(person_id: PersonId, *, document: tuple[str, str]) -> None:
    """Make a document valid again: its replacement was a mistake."""
    _set_replaced(person_id, document, on=None)


def unlink_document(person_id: PersonId, *, document: tuple[str, str]) -> bool:
    """Remove a document that was recorded for this person by mistake, unless it is the last one that leads to them; tell whether it was removed."""
    with counted_lookups():
        (done,) = rows(
            "SELECT subscribers_unlink_document(%s, %s) AS done", [document_index([document])[0], person_id]
        )
    return bool(done.done)


def link_persons(
    first: PersonId, second: PersonId, *, on: dt.date, entry_id: EntryId, shown: Sequence[bytes] = ()
) -> bool:
    """Note that two references are one person; return whether that is new. The lines of both stay as they are.

    The entry `entry_id` of the same transaction records this for a line of the first; `shown` are indexes of a document of each. Joins run
    one after the other, so that no reference is joined to one that is already joined to another.
    """
    serialize_on("linking")
    whole = principals({first, second})
    stays, goes = whole[first], whole[second]
    if stays == goes:
        return False
    with counted_lookups():
        rows("SELECT subscribers_link(%s, %s, %s, %s, %s::bytea[])", [stays, goes, on, entry_id, list(shown)])
    return True


def unlink_person(person_id: PersonId, *, entry_id: EntryId) -> bool:
    """Separate one reference from the others of the same person; return whether it was joined to any."""
    serialize_on("linking")
    (done,) = rows("SELECT subscribers_unlink(%s, %s) AS parted", [person_id, entry_id])
    return bool(done.parted)


def _claim(
    indexes: Sequence[bytes], candidates: Sequence[PersonId], shown: Sequence[PresentedPerson], *, on: dt.date
) -> dict[bytes, PersonId]:
    """Return the reference of each document: the candidate's unless another writer came first."""
    first: dict[bytes, tuple[PersonId, str]] = {}
    for index, candidate, person in zip(indexes, candidates, shown, strict=True):
        first.setdefault(index, (candidate, _type_in_clear(person.document)))
    known = {index: person.known for index, person in zip(indexes, shown, strict=True) if person.known}
    asked = [index for index in first if index not in known]
    # Documents are written without looking for them first: most are new, and only the database can decide between two at the same instant.
    won = _insert(asked, [first[i][0] for i in asked], [first[i][1] for i in asked], on=on)
    lost = [index for index in asked if index not in won]
    known |= {index: first[index][0] for index in won}
    return known | {i: p for i, p in zip(lost, find_persons(lost, lock=True), strict=True) if p is not None}


def _type_in_clear(document: tuple[str, str] | None) -> str:
    """Return a type that may be stored in clear: an unknown value could be personal data in the wrong field."""
    return document[0] if document and is_known_type(document[0]) else "other"


def _insert(
    indexes: Sequence[bytes], persons: Sequence[PersonId], types: Sequence[str], *, on: dt.date
) -> set[bytes]:
    if not indexes:
        return set()
    with counted_lookups():
        added = prepared_rows(
            "SELECT subscribers_add_documents(%s, %s, %s, %s) AS document_index",
            [list(indexes), list(persons), list(types), on],
        )
    return {bytes(row.document_index) for row in added}


def _make(made: Sequence[tuple[PersonId, PresentedPerson]], *, on: dt.date) -> None:
    if made:
        _make_people(
            [person_id for person_id, _ in made],
            [shown.kind for _, shown in made],
            [shown.language for _, shown in made],
            on=on,
        )


def _make_people(
    persons: Sequence[PersonId], kinds: Sequence[str], languages: Sequence[str | None], *, on: dt.date
) -> None:
    prepared_run(
        "SELECT FROM subscribers_make(%s, %s, %s, %s)", [list(persons), list(kinds), list(languages), on]
    )


def _set_replaced(person_id: PersonId, document: tuple[str, str], *, on: dt.date | None) -> None:
    """Note when a document was replaced; None: it is valid again."""
    with counted_lookups():
        rows(
            "SELECT subscribers_replace_document(%s, %s, %s)", [document_index([document])[0], person_id, on]
        )
