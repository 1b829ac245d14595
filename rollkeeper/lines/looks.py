# SPDX-License-Identifier: EUPL-1.2
"""Who looked: every opening of what is held about a person, and every look at a line while they held it.

The ledger knows persons and lines by their references; who held which line when is known here.
"""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import HoldingId, LineId, PersonId
from rollkeeper.ledger.queries import Held, Look, looks
from rollkeeper.lines.acts import look_up_line, refuse_protected_holder
from rollkeeper.lines.queries import present_holding


@dataclass(frozen=True, slots=True)
class Looked:
    """The answer for one line: whose it is, by reference, and everything that was looked at."""

    line_id: LineId
    is_held: bool
    """Somebody holds it: the looks are those at the holder. Otherwise they are those at the line itself."""
    looks: tuple[Look, ...]


def who_looked(authority: Authority, person_id: PersonId) -> list[Look]:
    """Return every look at one person, staff included, the oldest first. Refuses: NotAllowed, RecordProtected."""
    demand(authority, Power.READ_LEDGER)
    refuse_protected_holder(authority, person_id)
    return _of_person(person_id)


def who_looked_at(authority: Authority, number: str, *, on: dt.date) -> Looked:
    """Return every look at whoever holds the line with this whole number; asking leaves a mark as well.

    Ledger: line:line:looked_up. Refuses: NotAllowed, LineNotFound, NumberNotRead.
    """
    demand(authority, Power.READ_LEDGER)
    line = look_up_line(authority, number, on=on)
    holding = present_holding(line.line_id)
    found = looks(None, lines=[line.line_id]) if holding is None else _of_person(holding.person_id)
    return Looked(line.line_id, holding is not None, tuple(found))


def spans_of(person_id: PersonId) -> dict[HoldingId, Held]:
    """Return for each holding of a person from when until when looks at its line are looks at them.

    A line that ended is theirs to know of: only who holds it next ends the time, not the end of the line.
    """
    found = rows(sql("lines", "spans_of"), {"person_id": person_id})
    return {
        HoldingId(row.holding_id): Held(LineId(row.line_id), row.since, row.others_since) for row in found
    }


def _of_person(person_id: PersonId) -> list[Look]:
    return looks(person_id, held=list(spans_of(person_id).values()))
