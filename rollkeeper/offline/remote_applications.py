# SPDX-License-Identifier: EUPL-1.2
"""Records a remote application once a clerk saw the document: in the clerk's name, at the clerk's outlet.

Separate from the offline worker, which does the same with a counter's offline registrations. A busy one waits for the next run. After
an error, or if the clerk's limit is reached, the application goes back unchanged: a clerk may check the document again.
"""

import datetime as dt
import logging
from typing import Any
from uuid import UUID

from django.db.utils import InterfaceError, OperationalError
from django.utils import translation

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import authority_on
from rollkeeper.agents.registrations import register_at_outlet
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, is_of_one_request, leave_marks, rows, sql
from rollkeeper.kernel.error_messages import translated_plainly
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.ids import LineId, StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.errors import AccessLimitReached
from rollkeeper.lines.queries import current_tenure
from rollkeeper.registration import services
from rollkeeper.registration.errors import ConcurrentUpdate
from rollkeeper.selfcare.applications import (
    hold_application,
    open_application,
    pending_key,
    settle_application,
)
from rollkeeper.vault.errors import PASSING

log = logging.getLogger("rollkeeper.offline_worker")


def settle_applications(authority: Authority) -> int:
    """Record all checked applications; return how many."""
    done, busy = 0, set[UUID]()
    while settle_next_application(authority, busy=busy):
        done += 1
    return done - len(busy)


def settle_next_application(authority: Authority, *, busy: set[UUID]) -> bool:
    """Record the application whose document was seen first, unless it is `busy`; return whether there was one.

    One whose line others have locked for long is added to `busy`, and waits for the next run.

    Ledger: vault:offline:opened, selfcare:application:settled, and line:tenure:registered where it is not refused, else
    line:access:recorded.
    """
    role, on = require(authority, Permission.PROCESS_OFFLINE), clock.today()
    with action():
        found = rows(sql("offline", "next_checked_application"), {"busy": list(busy)})
        if not found:
            return False
        (row,) = found
        try:
            with translation.override(row.check_language):
                outcome, said = _settled(row, on=on)
        except Exception as fault:  # one that breaks must not stop the others; no value is logged
            if isinstance(fault, ConcurrentUpdate) or is_of_one_request(fault):
                busy.add(row.application_id)
                return True
            if isinstance(fault, (OperationalError, InterfaceError)) or (
                isinstance(fault, RollkeeperError) and fault.code in PASSING
            ):
                raise  # nothing is wrong with it: it waits as it is
            log.error("an application broke: %s", type(fault).__name__)  # noqa: TRY400
            hold_application(LineId(row.line_id), row.application_id)
            return True
        held = current_tenure(LineId(row.line_id)) if outcome == "registered" else None
        settle_application(
            LineId(row.line_id),
            row.application_id,
            outcome=outcome,
            said=said,
            tenure_id=held.tenure_id if held else None,
        )
        facts: dict[str, str | int | bool] = {"application": str(row.application_id), "outcome": outcome}
        append_entry(
            authority, verb=Verb.APPLICATION_SETTLED, role=role, on=on, line_id=LineId(row.line_id), facts=facts
        )  # fmt: skip
    return True


def _settled(row: Any, *, on: dt.date) -> tuple[str, list[dict[str, str]]]:
    clerk = authority_on(StaffId(row.checked_by), day=on)
    try:
        with action():
            given = open_application(
                row.application_id, pending_key(row.application_id), bytes(row.sealed), on=on
            )
            register_at_outlet(
                clerk, submission_key=row.check_key, devices=(), at=row.checked_at, late=True, on=on,
                do=lambda: services.register_subscriber(clerk, given.submission(row.check_key, document_seen=True), on=on),
            )  # fmt: skip
    except RollkeeperError as fault:
        if fault.kind is Kind.INTERNAL or fault.code in PASSING or isinstance(fault, ConcurrentUpdate):
            raise
        leave_marks()
        if isinstance(fault, AccessLimitReached):
            raise  # the clerk's limit: it is not the applicant who is refused, and another clerk may check
        return "refused", translated_plainly(fault)
    return "registered", []
