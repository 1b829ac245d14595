# SPDX-License-Identifier: EUPL-1.2
"""The access history: every opening of data about a person, and every access to a line during their tenure.

The ledger knows persons and lines by their references; this package knows who had which line when.
"""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.ids import LineId, PersonId, TenureId
from rollkeeper.ledger.queries import (
    AccessEntry,
    MissingEntry,
    TenurePeriod,
    accesses,
    accesses_of_line,
    missing_accesses,
)
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.lookups import missed
from rollkeeper.lines.protection import refuse_protected_subscriber
from rollkeeper.lines.queries import current_tenure
from rollkeeper.lines.services import look_up_line

_ONE_ACT: Final = dt.timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class LineAccesses:
    """The answer for one line: its subscriber, by reference, and every access."""

    line_id: LineId
    is_held: bool
    """Whether the line has a subscriber: then the accesses are those to the subscriber, otherwise those to the line itself."""
    accesses: tuple[AccessEntry, ...]
    missing: tuple[MissingEntry, ...] = ()
    """Entries that are gone from the ledger and may have been accesses to the line."""


def person_accesses(authority: Authority, person_id: PersonId) -> list[AccessEntry]:
    """Return every access to one person, also by staff, the oldest first; none for an unknown or hidden reference.

    Ledger: line:access:recorded, for such a reference. Refuses: NOT_ALLOWED.
    """
    require(authority, Permission.READ_LEDGER)
    with suppress(LineNotFound), action():
        refuse_protected_subscriber(authority, person_id, on=clock.today())
        found = _of_person(person_id)
        if not found and not access_periods(person_id):
            raise missed(authority, None, on=clock.today())
        return found
    return []


def accesses_by_number(authority: Authority, number: str, *, on: dt.date) -> LineAccesses:
    """Return every access to the subscriber of the line with this whole number; the query itself is recorded as well.

    Ledger: line:line:looked_up. Refuses: NOT_ALLOWED, LineNotFound, NumberNotRead.
    """
    require(authority, Permission.READ_LEDGER)
    with action():
        line = look_up_line(authority, number, on=on)
        with counted_lookups():
            tenure, found = current_tenure(line.line_id), accesses_of_line(line.line_id)
    gone = missing_accesses(since=clock.local_day(tenure.since) if tenure else None)
    return LineAccesses(line.line_id, tenure is not None, tuple(found), tuple(gone))


def access_periods(person_id: PersonId) -> dict[TenureId, TenurePeriod]:
    """Return for each tenure of a person the period in which an access to its line is an access to that person.

    The period does not end with the line: it ends when the next subscriber's tenure begins.
    """
    found = rows(sql("lines", "access_periods"), {"person_id": person_id})
    return {
        TenureId(row.tenure_id): TenurePeriod(LineId(row.line_id), row.since, row.others_since)
        for row in found
    }


def _of_person(person_id: PersonId) -> list[AccessEntry]:
    return accesses(person_id, held=list(access_periods(person_id).values()))


def acts_of(accesses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Group accesses, the newest first, into the acts that pages show: accesses by one role for one purpose within a minute are one act.

    An access has `at`, `role`, `purpose`, `what` and `withheld_until`; an act has those of its newest access, and `accesses`, `first`, `fields`.
    """
    acts: list[dict[str, Any]] = []
    for one in accesses:
        last = acts[-1] if acts else None
        is_same = last and (last["role"], last["purpose"]) == (one["role"], one["purpose"])
        if last and is_same and last["first"] - one["at"] <= _ONE_ACT:
            last["accesses"].append(one)
            last["first"] = one["at"]
        else:
            acts.append(one | {"accesses": [one], "first": one["at"]})
    for act in acts:
        act["fields"] = list(dict.fromkeys(one["what"] for one in act["accesses"]))
        act["withheld_until"] = next(
            (one["withheld_until"] for one in act["accesses"] if one["withheld_until"]), None
        )
    return acts
