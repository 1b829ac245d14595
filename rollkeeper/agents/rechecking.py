# SPDX-License-Identifier: EUPL-1.2
"""Lines whose record is to be confirmed: each gets a notice and its own days. Nothing here cuts a line off.

The record stays good all the while: whoever was registered by an agent that cheated may be its victim. The days count from
the proof that the holder was told, by the law's calendar and with every pause of the line. Who shows the document at a
counter confirms. Where the days are over a person decides (`kinds.Pattern.NOT_CONFIRMED`).
"""

import datetime as dt
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.agents.kinds import Pattern, RecheckOutcome
from rollkeeper.agents.models import Case, Recheck
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, sql
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import count_clock
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.receipts import REGISTRATIONS
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import line_history
from rollkeeper.notices.kinds import NONE_NAMED, NoticeKind

_WORDS = sorted(verb.value for verb in REGISTRATIONS)


def begin_rechecks(
    authority: Authority, *, agent_id: UUID, role: str, on: dt.date, line_id: LineId | None = None
) -> int:
    """Ask in the present transaction for one line, or for every living line that an agent registered, to be confirmed.

    A line that is asked for already, or that somebody else registered since, is left alone. Returns how many are asked for.
    Ledger: agents:recheck:begun for each.
    """
    begun = rows(
        sql("agents", "begin_rechecks"),
        {"agent": agent_id, "line": line_id, "on": on, "at": clock.now(), "role": role, "actor": authority.commitment,
         "staff_id": authority.staff_id, "pack": load_pack(settings().pack).hash, "verbs": _WORDS,
         "begun": Verb.RECHECK_BEGUN.value, "kind": NoticeKind.CONFIRM_RECORD.value,
         "promised": on + dt.timedelta(days=settings().agents_recheck_days), "language": NONE_NAMED},
    )  # fmt: skip
    return len(begun)


def follow_rechecks(authority: Authority, *, on: dt.date) -> dict[str, int]:
    """See what came of the open ones: who was told, who confirmed, whose days are over. Returns how many of each.

    Ledger: agents:recheck:told, agents:recheck:settled, agents:case:opened. Refuses: NotAllowed.
    """
    role = demand(authority, Power.FOLLOW_RECHECKS)
    done = {"told": 0, "confirmed": 0, "over": 0, "not_confirmed": 0}
    for found in rows(sql("agents", "open_rechecks"), {"verbs": _WORDS}):
        with act():
            recheck = (
                Recheck.objects.select_for_update(skip_locked=True)
                .filter(line_id=found.line_id, recheck_id=found.recheck_id, settled_on__isnull=True)
                .first()
            )
            if recheck is not None:
                what = _follow(authority, recheck, found, role=role, on=on)
                if what:
                    done[what] += 1
    return done


def _follow(authority: Authority, recheck: Recheck, found: Any, *, role: str, on: dt.date) -> str | None:
    if found.is_confirmed or found.is_over:
        outcome = RecheckOutcome.CONFIRMED if found.is_confirmed else RecheckOutcome.OVER
        recheck.settled_on, recheck.outcome = on, outcome.value
        recheck.save()
        append_entry(
            authority, verb=Verb.RECHECK_SETTLED, role=role, on=on, line_id=LineId(recheck.line_id),
            facts={"agent": str(recheck.agent_id), "outcome": outcome.value},
        )  # fmt: skip
        return outcome.value
    if found.delivered_on is None:
        return None
    due_on = _due_on(LineId(recheck.line_id), told_on=found.delivered_on, promised=found.promised_on, on=on)
    was_told = recheck.told_on is not None
    recheck.told_on, recheck.due_on = found.delivered_on, due_on
    recheck.save()
    if not was_told:
        append_entry(
            authority, verb=Verb.RECHECK_TOLD, role=role, on=on, line_id=LineId(recheck.line_id),
            facts={"agent": str(recheck.agent_id), "due_on": due_on.isoformat()},
        )  # fmt: skip
        return "told"
    return _not_confirmed(authority, recheck, role=role, on=on) if on > due_on else None


def _due_on(line_id: LineId, *, told_on: dt.date, promised: dt.date, on: dt.date) -> dt.date:
    """Return the last day as it stands now: counted from the day of the proof, never before the day promised."""
    history = line_history(line_id)
    days = settings().agents_recheck_days
    counted = count_clock(
        load_pack(settings().pack), anchor_on=told_on, days=days, pauses=[(one.first, one.last) for one in history.pauses] if history else (),
        through=max(on, told_on) + dt.timedelta(days=2 * days + 366),
    )  # fmt: skip
    return max(counted.last_day_on or dt.date.max, promised)


def _not_confirmed(authority: Authority, recheck: Recheck, *, role: str, on: dt.date) -> str | None:
    pattern = Pattern.NOT_CONFIRMED
    if Case.objects.filter(
        line_id=recheck.line_id, pattern=pattern.value, opened_on__gte=recheck.begun_on
    ).exists():
        return None
    case_id = new_uuid()
    Case.objects.create(
        case_id=case_id,
        agent_id=recheck.agent_id,
        line_id=recheck.line_id,
        pattern=pattern.value,
        opened_on=on,
    )
    append_entry(
        authority, verb=Verb.AGENT_CASE_OPENED, role=role, on=on, line_id=LineId(recheck.line_id),
        facts={"agent": str(recheck.agent_id), "case": str(case_id), "pattern": pattern.value},
    )  # fmt: skip
    return pattern.value
