# SPDX-License-Identifier: EUPL-1.2
"""Of the line of somebody under a threat, whoever has no power over such records learns that there is a record and nothing else.

Separate from the acts, which all use it. What helps such a holder (a pause, a lift, a dispute) is done for them like for
everybody; where it is refused, the reason would say how their line stands, and is not given.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import Power
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.lines.errors import RecordProtected
from rollkeeper.lines.queries import sealed_records
from rollkeeper.subscribers.queries import protected_among


def refuse_protected(authority: Authority, line_id: LineId) -> None:
    """Refuse what would show of a line more than that it has a record. Refuses: RecordProtected."""
    if not authority.role_for(Power.SEE_PROTECTED) and sealed_records([line_id]):
        raise RecordProtected


def refuse_protected_holder(authority: Authority, holder: PersonId | None) -> None:
    """Do the same where it is known who holds the line, held it last or stands beside the holder. Refuses: RecordProtected."""
    if holder and not authority.role_for(Power.SEE_PROTECTED) and protected_among([holder]):
        raise RecordProtected


@contextmanager
def telling_nothing(authority: Authority, line_id: LineId) -> Iterator[None]:
    """Turn a refusal that says how a protected holder's line stands into one that says nothing. Refuses: RecordProtected."""
    try:
        yield
    except RollkeeperError as fault:
        if fault.kind in {Kind.CONFLICT, Kind.REFUSED}:
            refuse_protected(authority, line_id)
        raise
