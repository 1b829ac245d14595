# SPDX-License-Identifier: EUPL-1.2
"""For a protected subscriber's line, staff without the permission learn only that a record exists.

Separate from the services, which all use it. Actions that help such a subscriber (a pause, a reconnection, a dispute) work as for
everyone; if one is refused, the reason would reveal the line's status and is not given.
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
    """Do the same if the current, last or an associated subscriber is known. Refuses: SUBSCRIBER_PROTECTED."""
    if subscriber and not authority.role_for(Permission.SEE_PROTECTED) and protected_persons([subscriber]):
        raise SUBSCRIBER_PROTECTED()


@contextmanager
def hiding_protected_state(authority: Authority, line_id: LineId) -> Iterator[None]:
    """Replace a refusal that reveals the status of a protected subscriber's line by one that does not. Refuses:
    SUBSCRIBER_PROTECTED.
    """
    try:
        yield
    except RollkeeperError as fault:
        if fault.kind in {Kind.CONFLICT, Kind.REFUSED}:
            refuse_protected(authority, line_id)
        raise
