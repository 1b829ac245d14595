# SPDX-License-Identifier: EUPL-1.2
"""Reconnect a suspended line for some hours, once, for anyone who asks, without asking for a reason.

Separate from the other acts because it does not change why the line is suspended: in the register it stays suspended, and
the network opens it for the hours of the pack and bars it again by itself (`provisioning/sql/temporary_reconnection_trigger.sql`).
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import AccessOutcome, LineState
from rollkeeper.lines.errors import RECONNECTION_REFUSED
from rollkeeper.lines.lookups import mark_access
from rollkeeper.lines.protection import hiding_protected_state
from rollkeeper.lines.queries import LineView
from rollkeeper.lines.rules import may_reconnect_temporarily
from rollkeeper.lines.writes import lock_line


def reconnect_temporarily(authority: Authority, line_id: LineId, *, on: dt.date) -> EntryId:
    """Let a line that is suspended because it is not registered work for the hours that the pack gives, once.

    The days that it touches do not count as days of suspension. Refuses: NOT_ALLOWED, LineNotFound, LINE_TERMINATED, RECONNECTION_REFUSED,
    AccessLimitReached. Ledger: line:line:reconnected.
    """
    role, pack = require(authority, Permission.RECONNECT_TEMPORARILY), load_pack(instance().pack)
    with action(), hiding_protected_state(authority, line_id, on=on):
        mark_access(authority, AccessOutcome.NOT_FOUND, on=on)
        lock_line(line_id)
        mark_access(authority, AccessOutcome.FOUND, line_id=line_id, on=on)
        line, rule = lock_line(line_id, in_force=True), pack.temporary_reconnection
        verdict = may_reconnect_temporarily(
            rule, reasons=line.reasons, reconnected_on=reconnected_on(line_id)
        )
        if isinstance(verdict, Refused):
            raise RECONNECTION_REFUSED(line=line_id, reason=verdict.reason, article=verdict.article)
        assert rule is not None  # noqa: S101 - the verdict says so
        begins_at = clock.now()
        ends_at = begins_at + dt.timedelta(hours=rule.hours)
        last = clock.local_day(ends_at)
        entry_id = append_entry(
            authority, verb=Verb.LINE_RECONNECTED, role=role, on=on, line_id=line_id, pack=pack.hash,
            article=rule.article, facts={"hours": rule.hours, "last": last.isoformat()},
        )  # fmt: skip
        rows("SELECT lines_reconnect(%s, %s)", [line_id, entry_id])
        return entry_id


def may_reconnect(line: LineView) -> bool:
    """Tell whether a line can be temporarily reconnected now, so that no page offers what would be refused."""
    if line.state is not LineState.SUSPENDED:
        return False
    rule = load_pack(instance().pack).temporary_reconnection
    verdict = may_reconnect_temporarily(
        rule, reasons=line.reasons, reconnected_on=reconnected_on(line.line_id)
    )
    return not isinstance(verdict, Refused)


def works_until(line_id: LineId) -> dt.datetime | None:
    """Return until when a suspended line works, if it was reconnected and the hours are not over."""
    found = rows("SELECT ends_at FROM lines_reconnection WHERE line_id = %s", [line_id])
    return found[0].ends_at if found and found[0].ends_at > clock.now() else None


def reconnected_on(line_id: LineId) -> dt.date | None:
    """Return the day on which a line was temporarily reconnected, None if it was not."""
    found = rows("SELECT reconnected_at FROM lines_reconnection WHERE line_id = %s", [line_id])
    return clock.local_day(found[0].reconnected_at) if found else None
