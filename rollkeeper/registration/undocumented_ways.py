# SPDX-License-Identifier: EUPL-1.2
"""Subscribers without a document: the ways that the pack gives them, what is then asked, and what is never asked. Pure.

The person who vouches is not recorded: no pack asks for them. If a way is accepted for a time, the line's clock is paused through
its last day and then goes on as the law says; it does not count as a registration, and no line is suspended for it.
"""

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.kinds import RouteRule
from rollkeeper.law.pack import Pack
from rollkeeper.registration.errors import ROUTE_NOT_FOR_THIS, ROUTE_NOT_OFFERED, ROUTE_WITH_DOCUMENT
from rollkeeper.registration.rules import AskedOf, showable
from rollkeeper.registration.submissions import NEW_TENURE_KINDS, RegistrationKind, Submission
from rollkeeper.subscribers.choices import PartyRole

_OF_A_DOCUMENT = frozenset({"document_type", "document_number"})


def route_of(
    pack: Pack, submission: Submission, *, service: str, action_kind: RegistrationKind
) -> RouteRule | RollkeeperError:
    """Return the way that a submission names, or why it may not be taken. Precondition: it names one."""
    given = submission.parts.get(PartyRole.SUBSCRIBER, {})
    offered = pack.routes(service, submission.asked_as)
    found = next((rule for rule in offered if rule.way == submission.route), None)
    if found is None:
        ways = ", ".join(rule.way for rule in offered) or "none"
        return ROUTE_NOT_OFFERED(route=showable(submission.route or ""), offered=ways)
    if action_kind not in NEW_TENURE_KINDS:
        return ROUTE_NOT_FOR_THIS(action_kind=action_kind.value, article=found.article)
    if given.get("document_number"):
        return ROUTE_WITH_DOCUMENT(route=found.way, article=found.article)
    return found


def asked_without_document(asked: AskedOf) -> AskedOf:
    """Return what is asked if the subscriber has no document: of the subscriber all but the document, of other parts the same as always."""
    return lambda service, kind, part: tuple(
        attribute
        for attribute in asked(service, kind, part)
        if part is not PartyRole.SUBSCRIBER or attribute.name not in _OF_A_DOCUMENT
    )


def without_document_type(submission: Submission) -> Submission:
    """Return a submission without the kind of a document that its subscriber does not have."""
    subscriber = submission.parts.get(PartyRole.SUBSCRIBER, {})
    kept = {name: value for name, value in subscriber.items() if name not in _OF_A_DOCUMENT}
    return submission.with_parts({**submission.parts, PartyRole.SUBSCRIBER: kept})
