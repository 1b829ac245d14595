# SPDX-License-Identifier: EUPL-1.2
"""The documents that a submission shows, and the persons known by them."""

import datetime as dt
from collections.abc import Sequence

from rollkeeper.documents.assurance import assurance_of
from rollkeeper.documents.rules import also_without_state, check_number, document_as_recorded, normalise_type
from rollkeeper.kernel.ids import PersonId
from rollkeeper.registration.decisions import PriorSubscriber
from rollkeeper.registration.persistence import Context
from rollkeeper.registration.submissions import NEW_CONTRACT_KINDS, RegistrationKind, Submission
from rollkeeper.subscribers.queries import document_index, find_persons, replaced_on

type Document = tuple[str, str]


def former_document(submission: Submission, *, on: dt.date) -> tuple[str, str] | None:
    """Return the former document that the document shown replaces, with its number normalised."""
    if submission.former_document is None:
        return None
    return document_as_recorded(submission.former_document, on)


def transferors_of(context: Context, submissions: Sequence[Submission]) -> list[PriorSubscriber | None]:
    """Return the transferor of each submission, as shown by a document; None without one."""
    if context.action_kind is not RegistrationKind.TRANSFER:
        return [None] * len(submissions)
    checked = [
        (kind, check_number(kind, s.transferor.document[1], context.on), s.document_seen)
        if s.transferor and (kind := normalise_type(s.transferor.document[0]))
        else None
        for s in submissions
    ]
    known, documents = _as_recorded([(one[0], one[1].normalised) if one else None for one in checked])
    replaced = replaced_documents(context, documents)
    return [
        PriorSubscriber(person, assurance_of(document_seen=one[2], verdict=one[1].verdict), old)
        if one
        else None
        for one, person, old in zip(checked, known, replaced, strict=True)
    ]


def without_state(document: Document | None) -> Document | None:
    """Return a document as files and older releases record it, without the state that issued it; None if it names none.

    Only to compare its person with the subscriber of a known line: no one is looked for by a number that two states may use.
    """
    if document is None:
        return None
    *_, bare = also_without_state(document[0])
    return None if bare == document[0] else (bare, document[1])


def _as_recorded(documents: Sequence[Document | None]) -> tuple[list[PersonId | None], list[Document | None]]:
    """Return the person known by each document, or else by the document without its state; and the document that led to them."""
    known = known_by_document(documents)
    bare = [None if one else without_state(shown) for one, shown in zip(known, documents, strict=True)]
    persons = known_by_document(bare)
    led = [other if person else shown for person, other, shown in zip(persons, bare, documents, strict=True)]
    return [one or person for one, person in zip(known, persons, strict=True)], led


def replaced_documents(context: Context, documents: Sequence[tuple[str, str] | None]) -> list[dt.date | None]:
    """Return when each document was replaced, for acts that only its person may do."""
    if context.action_kind in NEW_CONTRACT_KINDS or not any(documents):
        return [None] * len(documents)
    indexes = iter(document_index([document for document in documents if document]))
    marks = [next(indexes) if document else None for document in documents]
    found = replaced_on([mark for mark in marks if mark])
    return [found.get(mark) if mark else None for mark in marks]


def known_by_document(documents: Sequence[tuple[str, str] | None]) -> list[PersonId | None]:
    """Return the person known by each document; these persons are not erased before the present transaction ends."""
    positions = [position for position, document in enumerate(documents) if document]
    persons = (
        find_persons(document_index([document for document in documents if document]), lock=True)
        if positions
        else []
    )
    known: list[PersonId | None] = [None] * len(documents)
    for position, person in zip(positions, persons, strict=True):
        known[position] = person
    return known
