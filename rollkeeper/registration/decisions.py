# SPDX-License-Identifier: EUPL-1.2
"""Whether an act is allowed for a line in its current state, once it is locked. Pure: the values read are passed in."""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.documents.assurance import Assurance
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import PersonId
from rollkeeper.law.calendars import Term
from rollkeeper.law.kinds import RouteRule
from rollkeeper.law.rules import Refused
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.errors import (
    LINE_TERMINATED,
    NUMBER_QUARANTINED,
    NUMBER_STILL_SERVED,
    PORTED_NUMBER_QUARANTINED,
    LineNotFound,
)
from rollkeeper.lines.queries import LineView
from rollkeeper.lines.rules import last_day_of_quarantine, may_take_number
from rollkeeper.registration.errors import (
    ALREADY_REGISTERED,
    DOCUMENT_REPLACED,
    LINE_IN_DISPUTE,
    NOT_REGISTERED,
    NOT_RELOCATABLE,
    NOT_THE_SUBSCRIBER,
    NUMBER_IN_USE,
    OTHER_SUSPENSIONS_OPEN,
    ROUTE_ALREADY_USED,
    SAME_SUBSCRIBER,
    SERVICE_MISMATCH,
    TRANSFEROR_DOCUMENT_MISSING,
    TRANSFEROR_NOT_SUBSCRIBER,
)
from rollkeeper.registration.submissions import NEW_CONTRACT_KINDS, RegistrationKind

RELOCATABLE = frozenset({Service.FIXED_LINE, Service.INTERNET_ACCESS})
"""The services that are installed at a place."""


@dataclass(frozen=True, slots=True)
class PriorSubscriber:
    """The transferor as shown by a document: the person known by it, and its assurance."""

    person: PersonId | None
    assurance: Assurance
    replaced_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A line and the people around it at the moment of an act."""

    line: LineView | None
    subscriber: PersonId | None
    """The current subscriber; for a line that is over, the last subscriber."""
    shown: PersonId | None
    """The person known by the document shown, or by the former document; None: unknown, or no document is asked for."""
    shows_document: bool
    service: Service | None
    article: str
    quarantine: Term
    """How long the line's number stays in quarantine."""
    route: RouteRule | None = None
    """The way by which a subscriber without a document takes the line."""
    accepted_through: dt.date | None = None
    """The last day for which the present subscriber was accepted without a document."""
    is_served: bool = False
    """The line is terminated, and the network has not yet proved that it is out of service."""
    transferor: PriorSubscriber | None = None
    """The subscriber who gives up the line, as shown by a document; None: no document shown."""
    subscriber_has_document: bool = True
    """Whether a document of the present subscriber is recorded: a person who was registered without a document has none to show."""
    replaced_on: dt.date | None = None
    """When a newer document replaced the document shown."""


def refusal(action_kind: RegistrationKind, *, situation: Situation, on: dt.date) -> RollkeeperError | None:
    """Return why the act may not be done, None if it may."""
    line = situation.line
    if line is not None and not line.is_over and situation.service not in {None, line.service}:
        return SERVICE_MISMATCH(line=line.line_id, service=line.service.value)
    if line is not None and situation.route and situation.route.term and situation.accepted_through:
        return ROUTE_ALREADY_USED(
            line=line.line_id, until=situation.accepted_through, article=situation.route.article
        )
    if action_kind in NEW_CONTRACT_KINDS:
        return _of_a_new_contract(action_kind, situation=situation, on=on)
    if line is None:
        return LineNotFound()
    if line.is_over:
        return LINE_TERMINATED(line=line.line_id, terminated_on=line.terminated_on)
    return (
        _of_a_transfer(line, situation)
        if action_kind is RegistrationKind.TRANSFER
        else of_the_subscriber(line, situation, action_kind=action_kind)
    )


def of_the_subscriber(
    line: LineView, situation: Situation, *, action_kind: RegistrationKind | None = None
) -> RollkeeperError | None:
    """Return why an act that belongs to the subscriber may not happen."""
    if action_kind is RegistrationKind.RELOCATE and line.service not in RELOCATABLE:
        return NOT_RELOCATABLE(service=line.service.value)
    if not line.is_registered or situation.subscriber is None:
        return NOT_REGISTERED(line=line.line_id)
    if situation.shows_document and situation.shown != situation.subscriber:
        return NOT_THE_SUBSCRIBER(line=line.line_id, article=situation.article)
    if situation.shows_document and situation.replaced_on:
        return DOCUMENT_REPLACED(part="subscriber", day=situation.replaced_on)
    return None


def _of_a_new_contract(
    action_kind: RegistrationKind, *, situation: Situation, on: dt.date
) -> RollkeeperError | None:
    line = situation.line
    if line is None:
        return None
    if not line.is_over:
        if action_kind is not RegistrationKind.REGISTER:
            return NUMBER_IN_USE(line=line.line_id)
        return ALREADY_REGISTERED(line=line.line_id) if line.is_registered else None
    until = last_day_of_quarantine(
        terminated_on=line.terminated_on or on,
        recorded=line.quarantined_until,
        term=situation.quarantine,
    )
    returns = situation.subscriber is not None and situation.shown == situation.subscriber
    # A subscriber who came to a counter before the line was terminated for a missing registration, but whose data arrived later,
    # keeps the number. If both happened on the same day, the order is unknown and decided in the person's favour. This does not hold
    # for a number ported in: it had no line here that its subscriber could have registered.
    is_ported = action_kind is RegistrationKind.PORT_IN
    came_in_time = (
        not is_ported
        and not line.is_registered
        and line.terminated_on is not None
        and (on < line.terminated_on or (on == line.terminated_on and line.terminated_by == "campaign"))
    )
    verdict = may_take_number(
        state=line.state, quarantined_until=until, on=on, by_former_subscriber=returns or came_in_time
    )
    if line.is_disputed and not returns:
        return LINE_IN_DISPUTE(line=line.line_id)  # The line may be restored after the dispute.
    if isinstance(verdict, Refused):
        return (PORTED_NUMBER_QUARANTINED if is_ported else NUMBER_QUARANTINED)(until=until)
    # In the network the former line's bar may still be set: another subscriber must wait, the last subscriber need not.
    is_owed = situation.is_served and not (returns or came_in_time)
    return NUMBER_STILL_SERVED(line=line.line_id) if is_owed else None


def _of_a_transfer(line: LineView, situation: Situation) -> RollkeeperError | None:
    others = [reason.value for reason in line.reasons if reason is not SuspensionReason.REGISTRATION]
    if line.is_disputed:
        return LINE_IN_DISPUTE(line=line.line_id)
    if others:
        return OTHER_SUSPENSIONS_OPEN(line=line.line_id, reasons=", ".join(others))
    if not line.is_registered:
        return None
    # What can be checked without comparing a document is checked first.
    if situation.subscriber_has_document and situation.transferor is None:
        return TRANSFEROR_DOCUMENT_MISSING(line=line.line_id, article=situation.article, part="transferor")
    if situation.shown is not None and situation.shown == situation.subscriber:
        return SAME_SUBSCRIBER(line=line.line_id)
    return _of_the_transferor(line, situation) if situation.subscriber_has_document else None


def _of_the_transferor(line: LineView, situation: Situation) -> RollkeeperError | None:
    """Return why the transferor may not give up the line: only its registered subscriber may."""
    if situation.transferor is None or situation.transferor.person != situation.subscriber:
        return TRANSFEROR_NOT_SUBSCRIBER(line=line.line_id, article=situation.article, part="transferor")
    if situation.transferor.replaced_on:
        return DOCUMENT_REPLACED(part="transferor", day=situation.transferor.replaced_on)
    return None
