# SPDX-License-Identifier: EUPL-1.2
"""Of the line of somebody under a threat, whoever has no power over such records learns that there is a record and nothing else.

Separate from the acts, which all use it. What helps such a subscriber (a pause, a lift, a dispute) is done for them like for
everybody; where it is refused, the reason would say how their line stands, and is not given.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.lines.errors import SUBSCRIBER_PROTECTED
from rollkeeper.lines.queries import protected_lines
from rollkeeper.subscribers.queries import protected_persons


def refuse_protected(authority: Authority, line_id: LineId) -> None:
    """Refuse what would show of a line more than that it has a record. Refuses: SUBSCRIBER_PROTECTED."""
    if not authority.role_for(Permission.SEE_PROTECTED) and protected_lines([line_id]):
        raise SUBSCRIBER_PROTECTED()


def refuse_protected_subscriber(authority: Authority, subscriber: PersonId | None) -> None:
    """Do the same where it is known who holds the line, held it last or stands beside the subscriber. Refuses: SUBSCRIBER_PROTECTED."""
    if subscriber and not authority.role_for(Permission.SEE_PROTECTED) and protected_persons([subscriber]):
        raise SUBSCRIBER_PROTECTED()


@contextmanager
def hiding_protected_state(authority: Authority, line_id: LineId) -> Iterator[None]:
    """Turn a refusal that says how a protected subscriber's line stands into one that says nothing. Refuses: SUBSCRIBER_PROTECTED."""
    try:
        yield
    except RollkeeperError as fault:
        if fault.kind in {Kind.CONFLICT, Kind.REFUSED}:
            refuse_protected(authority, line_id)
        raise
