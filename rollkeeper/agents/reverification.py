# SPDX-License-Identifier: EUPL-1.2
"""Lines whose record must be confirmed: each gets a notice and its own period. Nothing here suspends a line.

The record remains valid meanwhile: the subscriber may be a victim of a cheating agent. The days count from the proof that the
subscriber was notified, by the law's calendar and with every pause of the line. Showing the document at a counter confirms the
record. After the last day a person decides (`choices.Pattern.NOT_CONFIRMED`).
"""

import datetime as dt
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.agents.choices import Pattern, ReverificationOutcome, Verdict
from rollkeeper.agents.models import Case, Reverification
from rollkeeper.agents.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, sql
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, pack_for
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import count_clock
from rollkeeper.ledger.receipts import REGISTRATIONS
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import line_history
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind

_WORDS = sorted(verb.value for verb in REGISTRATIONS)


def start_reverifications(
    authority: Authority, *, agent_id: UUID, role: str, on: dt.date, line_id: LineId | None = None
) -> int:
    """Ask the subscriber of one line, or of every living line that an agent registered, to confirm the record.

    Runs in the present transaction. A line with an open request, or with a new subscriber since, is skipped. Returns how many are
    started. Ledger: agents:reverification:started for each.
    """
    begun = rows(
        sql("agents", "start_reverifications"),
        {"agent": agent_id, "line": line_id, "on": on, "at": clock.now(), "role": role, "actor": authority.commitment,
         "staff_id": authority.staff_id, "pack": pack_for(Act.NOTIFY, on=on).hash,
         "begun": Verb.REVERIFICATION_STARTED.value, "kind": NoticeKind.CONFIRM_RECORD.value,
         "promised": on + dt.timedelta(days=settings().reverification_days), "language": NO_LANGUAGE},
    )  # fmt: skip
    return len(begun)


def update_reverifications(authority: Authority, *, on: dt.date) -> dict[str, int]:
    """Update the open reverifications: notified, confirmed or overdue; return how many of each.

    An overdue one ends or begins again as the supervisor decided in its case.
    Ledger: agents:reverification:notified, agents:reverification:settled, agents:reverification:started, agents:case:opened.
    Refuses: NOT_ALLOWED.
    """
    role = require(authority, Permission.UPDATE_REVERIFICATIONS)
    done = {"notified": 0, "confirmed": 0, "over": 0, "not_confirmed": 0, "cleared": 0}
    for found in rows(sql("agents", "open_reverifications"), {"verbs": _WORDS}):
        with action():
            reverification = (
                Reverification.objects.select_for_update(skip_locked=True)
                .filter(
                    line_id=found.line_id, reverification_id=found.reverification_id, settled_on__isnull=True
                )
                .first()
            )
            if reverification is not None:
                what = _follow(authority, reverification, found, role=role, on=on)
                if what:
                    done[what] += 1
    return done


def _follow(
    authority: Authority, reverification: Reverification, found: Any, *, role: str, on: dt.date
) -> str | None:
    if found.is_confirmed or found.is_over:
        outcome = ReverificationOutcome.CONFIRMED if found.is_confirmed else ReverificationOutcome.OVER
        return _settle(authority, reverification, outcome, role=role, on=on)
    if found.delivered_on is None:
        return None
    due_on = _due_on(
        LineId(reverification.line_id), notified_on=found.delivered_on, promised=found.promised_on, on=on
    )
    was_notified = reverification.notified_on is not None
    reverification.notified_on, reverification.due_on = found.delivered_on, due_on
    reverification.save()
    if not was_notified:
        append_entry(
            authority, verb=Verb.REVERIFICATION_NOTIFIED, role=role, on=on, line_id=LineId(reverification.line_id),
            facts={"agent": str(reverification.agent_id), "due_on": due_on.isoformat()},
        )  # fmt: skip
        return "notified"
    return _not_confirmed(authority, reverification, role=role, on=on) if on > due_on else None


def _settle(
    authority: Authority, reverification: Reverification, outcome: ReverificationOutcome, *, role: str, on: dt.date
) -> str:  # fmt: skip
    reverification.settled_on, reverification.outcome = on, outcome.value
    reverification.save()
    append_entry(
        authority, verb=Verb.REVERIFICATION_SETTLED, role=role, on=on, line_id=LineId(reverification.line_id),
        facts={"agent": str(reverification.agent_id), "outcome": outcome.value},
    )  # fmt: skip
    return outcome.value


def _due_on(line_id: LineId, *, notified_on: dt.date, promised: dt.date, on: dt.date) -> dt.date:
    """Return the current last day: counted from the day of the proof, never before the promised day."""
    history = line_history(line_id)
    days = settings().reverification_days
    counted = count_clock(
        load_pack(instance().pack), anchor_on=notified_on, days=days, pauses=[(one.first, one.last) for one in history.pauses] if history else (),
        through=max(on, notified_on) + dt.timedelta(days=2 * days + 366),
    )  # fmt: skip
    return max(counted.last_day_on or dt.date.max, promised)


def _not_confirmed(
    authority: Authority, reverification: Reverification, *, role: str, on: dt.date
) -> str | None:
    pattern = Pattern.NOT_CONFIRMED
    case = Case.objects.filter(
        line_id=reverification.line_id, pattern=pattern.value, opened_on__gt=reverification.started_on
    ).first()
    if case is not None:
        if case.verdict == Verdict.REVERIFY:
            _ask_again(authority, reverification, role=role, on=on)
        elif case.verdict == Verdict.CLEARED:
            return _settle(authority, reverification, ReverificationOutcome.CLEARED, role=role, on=on)
        return None
    case_id = new_uuid()
    Case.objects.create(
        case_id=case_id,
        agent_id=reverification.agent_id,
        line_id=reverification.line_id,
        pattern=pattern.value,
        opened_on=on,
    )
    append_entry(
        authority, verb=Verb.AGENT_CASE_OPENED, role=role, on=on, line_id=LineId(reverification.line_id),
        facts={"agent": str(reverification.agent_id), "case": str(case_id), "pattern": pattern.value},
    )  # fmt: skip
    return pattern.value


def _ask_again(authority: Authority, reverification: Reverification, *, role: str, on: dt.date) -> None:
    """Begin a new period for an overdue line, as a person decided in its case: the page itself may end no period."""
    reverification.settled_on = on
    reverification.save()
    line_id = LineId(reverification.line_id)
    start_reverifications(authority, agent_id=reverification.agent_id, line_id=line_id, role=role, on=on)
