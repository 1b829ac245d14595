# SPDX-License-Identifier: EUPL-1.2
"""The simple changes to a line's clock and record: pause, dispute, protect.

Changes that need other packages (a registration, a termination) are services of higher packages; `lines.writes` holds their
writes to the tables here.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import EVIDENCE_LATER, PauseReason
from rollkeeper.lines.errors import DAYS_REVERSED
from rollkeeper.lines.lookups import find_line_for_staff
from rollkeeper.lines.queries import LineView, number_index_of
from rollkeeper.lines.settings import settings
from rollkeeper.lines.writes import lock_disputed, lock_line, mark_as_entered


def pause_clock(
    authority: Authority,
    line_id: LineId,
    first: dt.date,
    last: dt.date | None,
    reason: PauseReason,
    on: dt.date,
    *,
    article: str | None = None,
) -> EntryId:
    """Pause a line's clock from `first` through `last` (None: until it is resumed).

    A declaration is enough; pauses may overlap, the law counts their union. A proof is expected later, and nothing
    follows if none comes. `article` is the one that grants this pause, if it is not the pack's article for pauses.
    Refuses: LineNotFound, LINE_TERMINATED, DAYS_REVERSED. Ledger: line:clock:paused.
    """
    role, pack = require(authority, Permission.PAUSE_CLOCK), load_pack(instance().pack)
    if last is not None and last < first:
        raise DAYS_REVERSED(first=first, last=last)
    with action():
        lock_line(line_id, in_force=True)
        evidence_due_on = (
            on + dt.timedelta(days=settings().hardship_evidence_days) if reason in EVIDENCE_LATER else None
        )
        facts = {"first": first.isoformat(), "reason": reason.value} | (
            {"last": last.isoformat()} if last else {}
        )
        entry_id = append_entry(
            authority, verb=Verb.CLOCK_PAUSED, role=role, on=on, line_id=line_id, pack=pack.hash,
            article=article or pack.pause_article, facts=facts,
        )  # fmt: skip
        rows("SELECT lines_pause_clock(%s, %s, %s)", [line_id, entry_id, evidence_due_on])
        return entry_id


def look_up_line(authority: Authority, number: str, *, on: dt.date, helps: bool = False) -> LineView:
    """Return the line with a typed whole number, and record the access; `helps` as in `find_line_for_staff`.

    Ledger: line:line:looked_up, or line:access:recorded. Refuses: LineNotFound, NumberNotRead, AccessLimitReached.
    """
    role = require(authority, Permission.EXPLAIN_LINE)
    with action():
        line = find_line_for_staff(authority, number_index_of(number), on=on, helps=helps)
        append_entry(authority, verb=Verb.LINE_LOOKED_UP, role=role, on=on, line_id=line.line_id)
        return line


def resume_clock(
    authority: Authority, line_id: LineId, last: dt.date, reason: PauseReason, on: dt.date
) -> int:
    """End the open pauses of one reason with `last` as their last day; return how many there were.

    A pause that began later than `last` keeps its first day: no granted day is lost. Ledger: line:clock:resumed.
    """
    role, pack = require(authority, Permission.PAUSE_CLOCK), load_pack(instance().pack)
    with action():
        lock_line(line_id)
        ended = run(
            "UPDATE lines_pause SET days = daterange(lower(days), greatest(%s, lower(days)), '[]')"
            " WHERE line_id = %s AND reason = %s AND upper_inf(days)",
            [last, line_id, reason.value],
        )
        facts = {"last": last.isoformat(), "reason": reason.value}
        append_entry(
            authority, verb=Verb.CLOCK_RESUMED, role=role, on=on, line_id=line_id, pack=pack.hash,
            article=pack.pause_article, facts=facts,
        )  # fmt: skip
    return ended


def mark_disputed(authority: Authority, line_id: LineId, on: dt.date) -> EntryId:
    """Record that a receipt or an appeal contradicts the record: no batch includes the line, its clock is paused.

    A receipt outranks a missing record. If a batch has terminated the line, its number is not reassigned meanwhile. Refuses:
    LineNotFound, LINE_TERMINATED. Ledger: line:line:disputed.
    """
    role = require(authority, Permission.PAUSE_CLOCK)
    with action():
        line = lock_disputed(line_id, on=on)
        entry_id = append_entry(authority, verb=Verb.LINE_DISPUTED, role=role, on=on, line_id=line_id)
        if not line.is_disputed:
            rows("SELECT lines_mark(%s, %s)", [line_id, entry_id])
            if not line.is_over:
                pause_clock(authority, line_id, on, None, PauseReason.DISPUTE, on)
        return entry_id


def settle_dispute(authority: Authority, line_id: LineId, on: dt.date) -> LineView:
    """End a dispute; the line's clock goes on the day after with the days that were left. Ledger: line:line:dispute_settled."""
    role = require(authority, Permission.PAUSE_CLOCK)
    with action():
        lock_line(line_id)
        entry_id = append_entry(authority, verb=Verb.DISPUTE_SETTLED, role=role, on=on, line_id=line_id)
        rows("SELECT lines_mark(%s, %s)", [line_id, entry_id])
        resume_clock(authority, line_id, on, PauseReason.DISPUTE, on)
        return lock_line(line_id)


def mark_essential(authority: Authority, line_id: LineId, *, essential: bool, on: dt.date) -> EntryId:
    """Record that a lift, an alarm or a medical device depends on the line, or no longer does.

    Ledger: line:line:marked_essential. Refuses: COUNTER_TERMINATION_LIMIT_REACHED.
    """
    role = require(authority, Permission.CHANGE_LINE)
    with action():
        lock_line(line_id, in_force=True)
        entry_id = append_entry(
            authority, verb=Verb.LINE_MARKED_ESSENTIAL, role=role, on=on, line_id=line_id,
            facts={"essential": essential},
        )  # fmt: skip
        mark_as_entered(line_id, entry_id)
        return entry_id
