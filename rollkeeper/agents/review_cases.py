# SPDX-License-Identifier: EUPL-1.2
"""Unusual activity becomes a case for a supervisor. Registered subscribers keep their date, and no line is suspended."""

import datetime as dt
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.agents.choices import Pattern, Verdict
from rollkeeper.agents.errors import AGENT_CASE_UNKNOWN, NOTHING_TO_REVERIFY
from rollkeeper.agents.models import Case, DocumentImageCount
from rollkeeper.agents.reverification import start_reverifications
from rollkeeper.agents.rules import is_many_abandoned
from rollkeeper.agents.settings import settings
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

FINGERPRINT_RETENTION = dt.timedelta(days=366)
"""A document image that comes back later than this is not noticed: marks are not kept forever."""


def open_case(
    authority: Authority,
    pattern: Pattern,
    *,
    agent_id: UUID,
    outlet_id: UUID | None,
    line_id: LineId | None,
    role: str,
    on: dt.date,
) -> UUID:
    """Open a case in the present transaction. Ledger: agents:case:opened."""
    case_id = new_uuid()
    Case.objects.create(
        case_id=case_id, agent_id=agent_id, outlet_id=outlet_id, line_id=line_id, pattern=pattern.value, opened_on=on
    )  # fmt: skip
    facts = {"agent": str(agent_id), "case": str(case_id), "pattern": pattern.value}
    facts |= {"outlet": str(outlet_id)} if outlet_id else {}
    append_entry(authority, verb=Verb.AGENT_CASE_OPENED, role=role, on=on, line_id=line_id, facts=facts)
    return case_id


def settle_case(authority: Authority, case_id: UUID, verdict: Verdict, *, on: dt.date) -> None:
    """Settle a case: no action, or the subscriber is asked to confirm the record within a new period.

    Ledger: agents:case:settled, agents:reverification:started. Refuses: NOT_ALLOWED, AGENT_CASE_UNKNOWN, NOTHING_TO_REVERIFY.
    """
    role = require(authority, Permission.SETTLE_AGENT_CASE)
    with action():
        case = Case.objects.select_for_update().filter(case_id=case_id, settled_on__isnull=True).first()
        if case is None:
            raise AGENT_CASE_UNKNOWN()
        line_id = LineId(case.line_id) if case.line_id else None
        if verdict is Verdict.REVERIFY and line_id is None:
            raise NOTHING_TO_REVERIFY()
        case.settled_on, case.verdict = on, verdict.value
        case.save(update_fields=["settled_on", "verdict"])
        append_entry(
            authority, verb=Verb.AGENT_CASE_SETTLED, role=role, on=on, line_id=line_id,
            facts={"agent": str(case.agent_id), "case": str(case_id), "pattern": case.pattern,
                   "verdict": verdict.value},
        )  # fmt: skip
        if verdict is Verdict.REVERIFY:
            start_reverifications(authority, agent_id=case.agent_id, line_id=line_id, role=role, on=on)


def open_abandoned_cases(authority: Authority, *, on: dt.date) -> int:
    """Open a case for each account that took many document images on a day and registered few people; return how many.

    Those of the day before, too: they may have come after its last check. Again: no second one for a day. Ledger: agents:case:opened. Refuses: NOT_ALLOWED.
    """
    role, opened = require(authority, Permission.UPDATE_REVERIFICATIONS), 0
    with action():
        for one in rows(sql("agents", "abandoned_registrations"), {"on": on}):
            if is_many_abandoned(begun=one.images, taken=one.taken, fewest=settings().abandoned_fewest):
                case_id = open_case(
                    authority, Pattern.ABANDONED, agent_id=one.agent_id, outlet_id=one.outlet_id, line_id=None, role=role,
                    on=on,
                )  # fmt: skip
                DocumentImageCount.objects.filter(staff_id=one.staff_id, day=one.day).update(case_id=case_id)
                opened += 1
    return opened


def delete_fingerprints(authority: Authority, *, on: dt.date) -> int:
    """Delete marks of copies after a year, or with the record; return for how many registrations. Refuses: NOT_ALLOWED."""
    require(authority, Permission.UPDATE_REVERIFICATIONS)
    return run(sql("agents", "delete_fingerprints"), {"before": on - FINGERPRINT_RETENTION})
