# SPDX-License-Identifier: EUPL-1.2
"""What can be done to a line's clock and record by itself: pause, dispute, protect.

The changes that need more than this room knows (a registration, an end) are acts of higher rooms; what they do to
the tables here stands in `lines.changes` and is named here too.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, run
from rollkeeper.kernel.ids import EntryId, LineId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.changes import (
    NewHolding,
    NewLine,
    activate_line,
    begin_holding,
    begin_holdings,
    begin_suspension,
    end_line_state,
    lift_suspension,
    lock_contested,
    lock_line,
    make_lines,
    record_registrations,
    transfer_holding,
)
from rollkeeper.lines.errors import DaysReversed, LineNotFound
from rollkeeper.lines.lifting import lift_for_hours
from rollkeeper.lines.proofs import see_proof
from rollkeeper.lines.protection import refuse_protected, refuse_protected_holder, telling_nothing
from rollkeeper.lines.queries import LineView, find_line_written
from rollkeeper.lines.states import PROVEN_LATER, PauseReason

__all__ = [
    "NewHolding", "NewLine", "activate_line", "begin_holding", "begin_holdings", "begin_suspension",
    "end_line_state", "lift_for_hours", "lift_suspension", "lock_line", "look_up_line", "make_lines", "mark_disputed", "pause_clock",
    "protect_line", "record_registrations", "refuse_protected", "refuse_protected_holder", "resume_clock", "see_proof", "settle_dispute", "telling_nothing", "transfer_holding",
]  # fmt: skip


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
    """Let a line's clock stand still from `first` through `last` (None: until it is resumed).

    A declaration is enough; pauses may overlap, the law counts their union. A proof is hoped for later, and nothing
    follows where none comes. `article` is what gives this pause where it is not the pack's own for pauses.
    Refuses: LineNotFound, LineOver, DaysReversed. Ledger: line:clock:paused.
    """
    role, pack = demand(authority, Power.PAUSE_CLOCK), load_pack(settings().pack)
    if last is not None and last < first:
        raise DaysReversed(first=first, last=last)
    with act():
        lock_line(line_id, living=True)
        proof_due_on = (
            on + dt.timedelta(days=settings().hardship_proof_days) if reason in PROVEN_LATER else None
        )
        run(
            "INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at, proof_due_on)"
            " VALUES (%s, %s, daterange(%s, %s, '[]'), %s, %s, %s)",
            [line_id, new_uuid(), first, last, reason.value, clock.now(), proof_due_on],
        )
        facts = {"first": first.isoformat(), "reason": reason.value} | (
            {"last": last.isoformat()} if last else {}
        )
        return append_entry(
            authority, verb=Verb.CLOCK_PAUSED, role=role, on=on, line_id=line_id, pack=pack.hash,
            article=article or pack.pause_article, facts=facts,
        )  # fmt: skip


def look_up_line(authority: Authority, number: str, *, on: dt.date) -> LineView:
    """Return the line that has a whole number as somebody typed it, and leave a mark that it was looked at.

    Ledger: line:line:looked_up. Refuses: LineNotFound, NumberNotRead.
    """
    role = demand(authority, Power.EXPLAIN_LINE)
    with act():
        line = find_line_written(number, country=settings().country_code)
        if line is None:
            raise LineNotFound
        refuse_protected(authority, line.line_id)
        append_entry(authority, verb=Verb.LINE_LOOKED_UP, role=role, on=on, line_id=line.line_id)
        return line


def resume_clock(
    authority: Authority, line_id: LineId, last: dt.date, reason: PauseReason, on: dt.date
) -> int:
    """End the open pauses of one reason with `last` as their last day; return how many there were.

    A pause that began later than `last` stands for its first day alone: nobody loses a day that was given.
    Ledger: line:clock:resumed.
    """
    role, pack = demand(authority, Power.PAUSE_CLOCK), load_pack(settings().pack)
    with act():
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
    """Record that a receipt or an appeal stands against the record: no batch touches the line, its clock stands still.

    A receipt outranks a missing record. Of a line that a batch has ended the number goes to nobody meanwhile.
    Refuses: LineNotFound, LineOver. Ledger: line:line:disputed.
    """
    role = demand(authority, Power.PAUSE_CLOCK)
    with act():
        line = lock_contested(line_id, on=on)
        entry_id = append_entry(authority, verb=Verb.LINE_DISPUTED, role=role, on=on, line_id=line_id)
        if not line.is_disputed:
            _set_flag(line_id, "disputed", value=True)
            if not line.is_over:
                pause_clock(authority, line_id, on, None, PauseReason.DISPUTE, on)
        return entry_id


def settle_dispute(authority: Authority, line_id: LineId, on: dt.date) -> LineView:
    """End a dispute: its clock goes on with what was left, the day after. Ledger: line:line:dispute_settled."""
    role = demand(authority, Power.PAUSE_CLOCK)
    with act():
        lock_line(line_id)
        _set_flag(line_id, "disputed", value=False)
        append_entry(authority, verb=Verb.DISPUTE_SETTLED, role=role, on=on, line_id=line_id)
        resume_clock(authority, line_id, on, PauseReason.DISPUTE, on)
        return lock_line(line_id)


def protect_line(authority: Authority, line_id: LineId, *, protected: bool, on: dt.date) -> EntryId:
    """Record that a lift, an alarm or a medical device hangs on the line, or no longer does.

    Ledger: line:line:protected.
    """
    role = demand(authority, Power.CHANGE_LINE)
    with act():
        lock_line(line_id, living=True)
        _set_flag(line_id, "protected", value=protected)
        facts = {"protected": protected}
        return append_entry(
            authority, verb=Verb.LINE_PROTECTED, role=role, on=on, line_id=line_id, facts=facts
        )


_FLAGS = {
    "disputed": "UPDATE lines_line SET is_disputed = %s, version = version + 1 WHERE line_id = %s",
    "protected": "UPDATE lines_line SET is_protected = %s, version = version + 1 WHERE line_id = %s",
}


def _set_flag(line_id: LineId, flag: str, *, value: bool) -> None:
    run(_FLAGS[flag], [value, line_id])
