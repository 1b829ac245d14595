# SPDX-License-Identifier: EUPL-1.2
"""The proofs that were hoped for later: which came, which did not. Nothing follows for the line where none comes.

Separate from the pauses because a pause stands on the person's word: a list for people to ask after, and no more.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.changes import lock_line
from rollkeeper.lines.errors import NoProofAwaited
from rollkeeper.lines.states import PauseReason

_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class AwaitedProof:
    """A pause whose proof has not come by the day hoped for. Why the clock stands still is not listed."""

    line_id: LineId
    due_on: dt.date


def see_proof(authority: Authority, line_id: LineId, *, reason: PauseReason, on: dt.date) -> int:
    """Note that somebody saw the proof of a declared reason; return for how many pauses. The proof is not kept.

    Refuses: NotAllowed, LineNotFound, NoProofAwaited. Ledger: line:proof:seen.
    """
    role = demand(authority, Power.PAUSE_CLOCK)
    with act():
        lock_line(line_id)
        proven = run(
            "UPDATE lines_pause SET proven_on = %s"
            " WHERE line_id = %s AND reason = %s AND proof_due_on IS NOT NULL AND proven_on IS NULL",
            [on, line_id, reason.value],
        )
        if not proven:
            raise NoProofAwaited(line=line_id, reason=reason.value)
        facts = {"reason": reason.value}
        append_entry(authority, verb=Verb.PROOF_SEEN, role=role, on=on, line_id=line_id, facts=facts)
    return proven


def overdue_proofs(*, on: dt.date, after: LineId | None = None, limit: int = 1000) -> list[AwaitedProof]:
    """Return a page of the lines whose proof was hoped for before today and has not come, by reference."""
    found = rows(sql("lines", "overdue_proofs"), {"on": on, "after": after or _BEFORE_ALL, "limit": limit})
    return [AwaitedProof(LineId(row.line_id), row.due_on) for row in found]
