# SPDX-License-Identifier: EUPL-1.2
"""Records what somebody gave from afar, once a clerk saw the document: in the clerk's name, at the clerk's place.

Beside the carrier, which does the same with what a counter took down without a network. Whatever breaks gives the application
back as it was: the clerk may see the document once more.
"""

import datetime as dt
import logging
from typing import Any

from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

from rollkeeper.access.acts import authority_then
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.agents.capturing import take_registration
from rollkeeper.enrolment import acts
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, sql
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.ids import LineId, StaffId
from rollkeeper.kernel.sayings import say_plainly
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import present_holding
from rollkeeper.rights.applying import held_key, hold_application, open_application, settle_application

log = logging.getLogger("rollkeeper.carrier")


def settle_all(authority: Authority) -> int:
    """Record whatever was seen; return how many."""
    done = 0
    while settle_next(authority):
        done += 1
    return done


def settle_next(authority: Authority) -> bool:
    """Record the application whose document was seen longest ago; return whether there was one.

    Ledger: vault:capture:opened, rights:application:settled, and line:holding:registered where it is not refused.
    """
    role, on = demand(authority, Power.CARRY_CAPTURES), clock.today()
    with act():
        found = rows(sql("captures", "next_seen"))
        if not found:
            return False
        (row,) = found
        try:
            with translation.override(row.seen_language):
                outcome, said = _settled(row, on=on)
        except (OperationalError, InterfaceError):
            raise
        except Exception as fault:  # noqa: BLE001 - one that breaks must not stop the others; no value is logged
            log.error("an application broke: %s", type(fault).__name__)  # noqa: TRY400
            hold_application(LineId(row.line_id), row.application_id)
            return True
        held = present_holding(LineId(row.line_id)) if outcome == "registered" else None
        settle_application(
            LineId(row.line_id),
            row.application_id,
            outcome=outcome,
            said=said,
            holding_id=held and held.holding_id,
        )
        facts: dict[str, str | int | bool] = {"application": str(row.application_id), "outcome": outcome}
        append_entry(
            authority, verb=Verb.APPLICATION_SETTLED, role=role, on=on, line_id=LineId(row.line_id), facts=facts
        )  # fmt: skip
    return True


def _settled(row: Any, *, on: dt.date) -> tuple[str, list[dict[str, str]]]:
    clerk = authority_then(StaffId(row.seen_by), day=on)
    try:
        with act():
            given = open_application(
                row.application_id, held_key(row.application_id), bytes(row.sealed), on=on
            )
            take_registration(
                clerk, submission_key=row.seen_key, devices=(), at=row.seen_at, late=True, on=on,
                do=lambda: acts.register_subscriber(clerk, given.submission(row.seen_key, in_sight=True), on=on),
            )  # fmt: skip
    except RollkeeperError as fault:
        if fault.kind is Kind.INTERNAL:
            raise
        return "refused", say_plainly(fault)
    return "registered", []
