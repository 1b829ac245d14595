# SPDX-License-Identifier: EUPL-1.2
"""A visit as the porter sees it, and which lines it may speak of."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, subscriber_authority
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import HoldingId, LineId, PersonId
from rollkeeper.lines.states import LineState, Service
from rollkeeper.rights.errors import AskNotRead, NotAmongYours, ProofNeeded, VisitOver


@dataclass(frozen=True, slots=True)
class Holding:
    """One line that somebody holds or held, as far as something is still kept of it."""

    line_id: LineId
    holding_id: HoldingId
    party_kind: str
    commitment: str | None
    contested_on: dt.date | None
    since: dt.datetime
    until: dt.datetime | None
    service: Service
    state: LineState
    ended_on: dt.date | None
    number_sealed: bytes | None

    @property
    def is_present(self) -> bool:
        """Tell whether they hold it now."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Visit:
    """A living visit: for one line, as it is held."""

    ask_mark: bytes
    line_id: LineId
    holding_id: HoldingId | None
    person_id: PersonId | None
    is_proved: bool
    proofs_left: int
    ends_at: dt.datetime
    is_from_afar: bool
    """The holder registered from afar and nobody has seen the document: what they gave proves nothing about them."""

    @property
    def authority(self) -> Authority:
        """Return who acts. What stands for them in the ledger leads back to nothing, and no portal chooses it."""
        return subscriber_authority(sha256(b"rollkeeper/actor\x00" + self.ask_mark).hexdigest())

    def holdings(self) -> Sequence[Holding]:
        """Return what this visit may speak of: the line in the hand, and every line of the person who proved to be it."""
        if self.person_id is None:
            return []
        held = holdings_of(self.person_id)
        return held if self.is_proved else [one for one in held if one.holding_id == self.holding_id]

    def line_in(self, asked: dict[str, Any]) -> tuple[LineId, HoldingId | None]:
        """Return the line that an ask is about and its holding: the one in the hand where it names none.

        A line that they gave away is shown to them and is no longer theirs to act on. Refuses: AskNotRead, NotAmongYours.
        """
        try:
            line_id = LineId(UUID(str(asked["line"]))) if asked.get("line") else self.line_id
        except ValueError:
            raise AskNotRead from None
        if line_id == self.line_id:
            return line_id, self.holding_id
        for one in self.holdings():
            if one.line_id == line_id and one.is_present:
                return line_id, one.holding_id
        raise NotAmongYours

    def demand_proof(self) -> PersonId:
        """Return who proved to be the holder. Refuses: ProofNeeded."""
        if not self.is_proved or self.person_id is None:
            raise ProofNeeded
        return self.person_id


def living_visit(ask_mark: bytes) -> Visit:
    """Return the visit of this mark and hold it for this transaction. Refuses: VisitOver."""
    found = rows(sql("rights", "visit"), {"ask_mark": ask_mark})
    if not found:
        raise VisitOver
    row = found[0]
    return Visit(
        bytes(row.ask_mark), LineId(row.line_id), row.holding_id, row.person_id, row.is_proved, row.proofs_left, row.ends_at,
        row.is_from_afar,
    )  # fmt: skip


def end_visit(visit: Visit) -> None:
    """End a visit now."""
    run("DELETE FROM rights_visit WHERE ask_mark = %s", [visit.ask_mark])


def end_all_visits() -> int:
    """End every visit now, and make every code worthless that is on its way; return how many visits there were."""
    run("UPDATE rights_knock SET code_hash = NULL WHERE code_hash IS NOT NULL")
    return run("DELETE FROM rights_visit")


def holdings_of(person_id: PersonId) -> list[Holding]:
    """Return the lines of one person, the newest first."""
    return [
        Holding(
            LineId(row.line_id), HoldingId(row.holding_id), row.party_kind, row.commitment, row.contested_on, row.since,
            row.until, Service(row.service), LineState(row.state), row.ended_on,
            None if row.number_sealed is None else bytes(row.number_sealed),
        )
        for row in rows(sql("rights", "holdings_of"), {"person_id": person_id})
    ]  # fmt: skip
