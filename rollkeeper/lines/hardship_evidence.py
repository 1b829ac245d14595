# SPDX-License-Identifier: EUPL-1.2
"""The proofs that were expected later: which came and which did not. A missing proof has no consequence for the line.

Separate from the pauses because a pause rests on the person's word: this is only a list of proofs to ask for.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.errors import NO_EVIDENCE_AWAITED
from rollkeeper.lines.protection import hiding_protected_state
from rollkeeper.lines.writes import lock_line

_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class AwaitedEvidence:
    """A pause whose proof is overdue. The reason of the pause is not listed."""

    line_id: LineId
    due_on: dt.date


def record_evidence(authority: Authority, line_id: LineId, *, reason: PauseReason, on: dt.date) -> int:
    """Record that staff saw the proof of a declared reason; return for how many pauses. The proof is not kept.

    Refuses: NOT_ALLOWED, LineNotFound, NO_EVIDENCE_AWAITED. Ledger: line:evidence:seen.
    """
    role = require(authority, Permission.PAUSE_CLOCK)
    with action(), hiding_protected_state(authority, line_id, on=on):
        lock_line(line_id)
        proven = run(
            "UPDATE lines_pause SET evidence_seen_on = %s"
            " WHERE line_id = %s AND reason = %s AND evidence_due_on IS NOT NULL AND evidence_seen_on IS NULL",
            [on, line_id, reason.value],
        )
        if not proven:
            raise NO_EVIDENCE_AWAITED(line=line_id, reason=reason.value)
        facts = {"reason": reason.value}
        append_entry(authority, verb=Verb.EVIDENCE_SEEN, role=role, on=on, line_id=line_id, facts=facts)
    return proven


def overdue_evidence(*, on: dt.date, after: LineId | None = None, limit: int = 1000) -> list[AwaitedEvidence]:
    """Return a page of the lines whose proof was expected before today and has not come, in the order of references."""
    found = rows(sql("lines", "overdue_evidence"), {"on": on, "after": after or _BEFORE_ALL, "limit": limit})
    return [AwaitedEvidence(LineId(row.line_id), row.due_on) for row in found]
