# SPDX-License-Identifier: EUPL-1.2
"""Give a suspended line its service back for some hours, once, to whoever asks, and ask no reason.

Separate from the other acts because it changes nothing about why the line is suspended: the register goes on saying so,
the network opens for the hours of the pack and shuts by itself (`network/sql/lift_for_hours.sql`).
"""

import datetime as dt

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.kernel.ids import EntryId, LineId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.changes import lock_line
from rollkeeper.lines.errors import LiftRefused
from rollkeeper.lines.protection import telling_nothing
from rollkeeper.lines.rules import may_lift_for_hours
from rollkeeper.lines.states import PauseReason


def lift_for_hours(authority: Authority, line_id: LineId, *, on: dt.date) -> EntryId:
    """Let a line that is suspended for want of registration work for the hours that the pack gives, once.

    The days that it touches do not count as days of suspension. Refuses: NotAllowed, LineNotFound, LineOver, LiftRefused,
    RecordProtected. Ledger: line:line:lifted_for_hours.
    """
    role, pack = demand(authority, Power.LIFT_FOR_HOURS), load_pack(settings().pack)
    with act(), telling_nothing(authority, line_id):
        line, rule = lock_line(line_id, living=True), pack.emergency_lift
        verdict = may_lift_for_hours(rule, reasons=line.reasons, lifted_on=lifted_on(line_id))
        if isinstance(verdict, Refused):
            raise LiftRefused(line=line_id, reason=verdict.reason, article=verdict.article)
        assert rule is not None  # noqa: S101 - the verdict says so
        begins_at = clock.now()
        ends_at = begins_at + dt.timedelta(hours=rule.hours)
        run(
            "INSERT INTO lines_lift (line_id, lifted_at, ends_at) VALUES (%s, %s, %s)",
            [line_id, begins_at, ends_at],
        )
        last = ends_at.astimezone(clock.zone()).date()
        run(
            "INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at)"
            " VALUES (%s, %s, daterange(%s, %s, '[]'), %s, %s)",
            [line_id, new_uuid(), on, last, PauseReason.EMERGENCY_LIFT.value, begins_at],
        )
        return append_entry(
            authority, verb=Verb.LIFTED_FOR_HOURS, role=role, on=on, line_id=line_id, pack=pack.hash,
            article=rule.article, facts={"hours": rule.hours, "last": last.isoformat()},
        )  # fmt: skip


def lifted_on(line_id: LineId) -> dt.date | None:
    """Return the day on which a line had its lift, None where it has not had one."""
    found = rows("SELECT lifted_at FROM lines_lift WHERE line_id = %s", [line_id])
    return found[0].lifted_at.astimezone(clock.zone()).date() if found else None
