# SPDX-License-Identifier: EUPL-1.2
"""The facts for deciding each submission of a batch: the subscriber of its line, and the persons known by the documents."""

import datetime as dt
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.law.calendars import Term
from rollkeeper.lines.queries import LineView, accepted_through, current_subscribers, last_subscriber
from rollkeeper.provisioning.queries import still_served
from rollkeeper.registration.accesses import Waiting
from rollkeeper.registration.decisions import PriorSubscriber, Situation
from rollkeeper.registration.line_limits import lock_documents, merged_persons
from rollkeeper.registration.persistence import Context
from rollkeeper.registration.rules import ReadParts
from rollkeeper.registration.shown_documents import (
    former_document,
    known_by_document,
    replaced_documents,
    transferors_of,
    without_state,
)
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.subscribers.queries import with_documents


@dataclass(frozen=True, slots=True, repr=False)
class Found:
    """A submission that could be read, and the persons known by its documents and its line."""

    waiting: Waiting
    line: LineView | None
    parts: ReadParts
    by_document: PersonId | None
    former: tuple[str, str] | None
    """The former document that the document shown replaces."""
    by_former: PersonId | None
    transferor: PriorSubscriber | None
    subscriber: PersonId | None
    """The current subscriber of the line; for a line that is over, the last subscriber."""

    @property
    def document(self) -> tuple[str, str] | None:
        """Return the document of the subscriber, None if none is shown."""
        return self.parts.parts[PartyRole.SUBSCRIBER].document

    @property
    def shows_a_document(self) -> bool:
        """Tell whether any document is shown that could be compared."""
        return any((self.document, self.former, self.transferor))


@dataclass(frozen=True, slots=True, repr=False)
class Surroundings:
    """The facts that are read once for a whole batch."""

    context: Context
    found: Sequence[Found]
    counted_as: Mapping[PersonId, PersonId]
    """The person under whom each is counted and compared: a person with several documents is the same person under each."""
    replaced: Mapping[int, dt.date | None]
    """By position: when a newer document replaced the document shown."""
    documented: AbstractSet[PersonId]
    served: AbstractSet[LineId]
    accepted: Mapping[LineId, dt.date]

    def applicants(self) -> list[PersonId]:
        """Return the people whose lines are counted for a limit."""
        return [self.counted_as[one] for one in _by_documents(self.found) if one]

    def renewed_by(self, one: Found) -> PersonId | None:
        """Return the person to whom the document shown is added: the person known by the former document, if the new one is not theirs yet."""
        if one.by_former is None:
            return None
        is_theirs = (
            one.by_document is not None and self.counted_as[one.by_former] == self.counted_as[one.by_document]
        )
        return None if is_theirs else one.by_former

    def situation(self, one: Found) -> Situation:
        """Return the line and the people around it, each person as they are counted."""
        context, line, submission = self.context, one.line, one.waiting.submission
        known, transferor = one.by_former or one.by_document, one.transferor
        return Situation(
            line=line,
            subscriber=one.subscriber and self.counted_as[one.subscriber],
            shown=known and self.counted_as[known],
            shows_document=one.document is not None,
            service=submission.service,
            article=context.pack.act_article(context.action_kind.value) or "",
            quarantine=context.pack.quarantine(line.service) if line else Term(),
            route=one.parts.route,
            accepted_through=self.accepted.get(line.line_id) if line and one.parts.route else None,
            is_served=line is not None and line.line_id in self.served,
            transferor=transferor and replace(transferor, person=transferor.person and self.counted_as[transferor.person]),
            subscriber_has_document=one.subscriber in self.documented,
            replaced_on=None if submission.former_was_wrong else self.replaced[one.waiting.position],
        )  # fmt: skip


def find_people(context: Context, read: Sequence[tuple[Waiting, LineView | None, ReadParts]]) -> list[Found]:
    """Find the persons known by documents and lines.

    If the pack has limits, the documents are locked first, known or not, so that another counter with the same document waits.
    """
    subscribers = current_subscribers([line.line_id for _, line, _ in read if line is not None])
    documents = [parts.parts[PartyRole.SUBSCRIBER].document for _, _, parts in read]
    formerly = [former_document(one.submission, on=context.on) for one, _, _ in read]
    of_lines = [_subscriber(line, subscribers) for _, line, _ in read]
    unstated = [
        without_state(former or document) if subscriber else None
        for subscriber, former, document in zip(of_lines, formerly, documents, strict=True)
    ]
    if context.limits:
        lock_documents([*documents, *formerly, *unstated])
    known = zip(
        read, known_by_document(documents), formerly, known_by_document(formerly),
        transferors_of(context, [one.submission for one, _, _ in read]), of_lines, strict=True,
    )  # fmt: skip
    found = [
        Found(waiting, line, parts, by_document, former, by_former, transferor, subscriber)
        for (waiting, line, parts), by_document, former, by_former, transferor, subscriber in known
    ]
    # Where the record lacks the state, the document with it is added, and replaces the one without.
    return [
        replace(one, former=document, by_former=person) if person and _leads_only_so(one, person) else one
        for one, document, person in zip(found, unstated, known_by_document(unstated), strict=True)
    ]


def _leads_only_so(one: Found, person: PersonId) -> bool:
    """Tell whether a document leads to the line's subscriber without its state alone. `person`: known by the document without it."""
    return person == one.subscriber and (one.by_former if one.former else one.by_document) is None


def look_around(context: Context, found: Sequence[Found]) -> Surroundings:
    """Read the facts for the decisions about a batch. If the pack has limits, the people are locked until the action ends."""
    transferors = [one.transferor.person for one in found if one.transferor]
    counted_as = merged_persons(
        context, [*_by_documents(found), *(one.subscriber for one in found), *transferors]
    )
    replaced = replaced_documents(context, [one.document for one in found])
    is_transfer = context.action_kind is RegistrationKind.TRANSFER
    return Surroundings(
        context, found, counted_as, {one.waiting.position: day for one, day in zip(found, replaced, strict=True)},
        documented=with_documents([one.subscriber for one in found if one.subscriber and one.line and not one.line.is_over])
        if is_transfer
        else set(),
        served=still_served([one.line.line_id for one in found if one.line and one.line.is_over]),
        accepted=accepted_through([one.line.line_id for one in found if one.line and one.parts.route]),
    )  # fmt: skip


def _by_documents(found: Sequence[Found]) -> list[PersonId | None]:
    return [person for one in found for person in (one.by_document, one.by_former)]


def _subscriber(line: LineView | None, subscribers: Mapping[LineId, PersonId]) -> PersonId | None:
    if line is None:
        return None
    return last_subscriber(line.line_id) if line.is_over else subscribers.get(line.line_id)
