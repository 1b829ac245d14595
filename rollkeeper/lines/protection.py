# SPDX-License-Identifier: EUPL-1.2
"""Hides the lines of protected subscribers: staff without the permission get the same answer as for an unknown number.

Separate from the services, which all use it. Actions that help such a subscriber (a pause, a reconnection, a dispute) work as for
everyone; if one is refused, the reason would reveal the line's status and is not given.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.lines.choices import AccessOutcome
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.lookups import hidden_lines, mark_access, missed
from rollkeeper.subscribers.queries import protected_persons


def refuse_protected(authority: Authority, line_id: LineId, *, on: dt.date) -> None:
    """Refuse, inside an action, to show that a hidden line exists. Refuses: LineNotFound."""
    if line_id in hidden_lines(authority, [line_id]):
        raise missed(authority, line_id, on=on)


def refuse_protected_subscriber(authority: Authority, subscriber: PersonId | None, *, on: dt.date) -> None:
    """Do the same for a known person: a line's current, last or associated subscriber. Refuses: LineNotFound."""
    if subscriber and not authority.role_for(Permission.SEE_PROTECTED) and protected_persons([subscriber]):
        outcome = AccessOutcome.REFUSED_PROTECTED
        mark_access(authority, outcome, person_id=subscriber, subject="person", on=on)
        raise LineNotFound


@contextmanager
def hiding_protected_state(authority: Authority, line_id: LineId, *, on: dt.date) -> Iterator[None]:
    """Replace a refusal that reveals the status of a protected subscriber's line by a neutral refusal. Refuses: LineNotFound."""
    try:
        yield
    except RollkeeperError as fault:
        if fault.kind in {Kind.CONFLICT, Kind.REFUSED, Kind.NOT_FOUND}:
            refuse_protected(authority, line_id, on=on)
        raise
