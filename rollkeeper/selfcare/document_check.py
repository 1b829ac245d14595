# SPDX-License-Identifier: EUPL-1.2
"""A clerk has the document of a remote application before them: the two are compared, and then the application is recorded.

The clerk learns nothing of the application: number and name are typed from the document and compared as keyed hashes. The offline
worker makes the record, in the clerk's name, since no counter can open a waiting application.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.documents.rules import also_without_state, check_number, normalise_type
from rollkeeper.documents.verdicts import Reason
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import AccessKind, AccessOutcome
from rollkeeper.lines.counter_codes import find_line_for_clerk
from rollkeeper.lines.lookups import count_access, mark_access
from rollkeeper.registration.approvals import is_supervisor_check, require_approval
from rollkeeper.registration.errors import (
    INVALID_SUBMISSION_KEY,
    SUBMISSION_KEY_USED,
    DocumentNeedsSupervisor,
)
from rollkeeper.registration.receipts import on_number
from rollkeeper.registration.rules import is_usable_key
from rollkeeper.selfcare.applications import application_marks
from rollkeeper.selfcare.errors import NO_APPLICATION


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a document check."""

    state: str
    said: Sequence[dict[str, Any]]


def check_document(
    authority: Authority, *, submission_key: str, number: str, document: tuple[str, str], name: str,
    language: str, on: dt.date,
) -> None:  # fmt: skip
    """Note that the document of a waiting application was seen; a second time with the same key changes nothing.

    Ledger: selfcare:application:checked. Refuses: NOT_ALLOWED, APPROVAL_NEEDED, INVALID_SUBMISSION_KEY,
    SUBMISSION_KEY_USED, LineNotFound, NumberNotRead, NO_APPLICATION.
    """
    role = require(authority, Permission.REGISTER)
    require_approval(
        authority, "register", approved_by=None
    )  # If an application cannot be confirmed, the subscriber is registered at the counter.
    if not is_usable_key(submission_key):
        raise INVALID_SUBMISSION_KEY()
    if _was_seen(authority, submission_key, number, on=on):
        return
    checked = check_number(normalise_type(document[0]), document[1], on)
    if Reason.CHECK_DIGIT in checked.reasons and not is_supervisor_check(authority, approved_by=None):
        raise DocumentNeedsSupervisor(part="subscriber")
    with action():
        line = find_line_for_clerk(authority, number, on=on)
        found = rows(
            "SELECT application_id FROM selfcare_application"
            " WHERE line_id = %s AND state = 'pending' AND until >= %s FOR UPDATE",
            [line.line_id, on],
        )
        if not found:
            if _was_seen(authority, submission_key, number, on=on):  # while this process waited
                return
            raise NO_APPLICATION()
        (waits,) = found
        count_access(authority, AccessKind.DOCUMENT, on=on)
        if not _matches(line.line_id, waits.application_id, document, name, on=on):
            mark_access(authority, AccessOutcome.FOUND, line_id=line.line_id, matched=False, on=on)
            raise NO_APPLICATION()
        run(
            "UPDATE selfcare_application SET state = 'checked', checked_by = %s, checked_at = %s, check_key = %s, check_language = %s"
            " WHERE line_id = %s AND application_id = %s",
            [authority.staff_id, clock.now(), submission_key, language, line.line_id, waits.application_id],
        )
        append_entry(
            authority, verb=Verb.APPLICATION_CHECKED, role=role, on=on, line_id=line.line_id,
            facts={"application": str(waits.application_id)},
        )  # fmt: skip


def _matches(
    line_id: LineId, application_id: UUID, document: tuple[str, str], name: str, *, on: dt.date
) -> bool:
    """Tell whether a document and a name are those of an application; an older one may lack the document's state."""
    for kind in also_without_state(document[0]):
        marks = application_marks(application_id, document=(kind, document[1]), name=name, on=on)
        with counted_lookups():
            (said,) = rows(
                "SELECT selfcare_is_application_of(%s, %s, %s, %s) AS matches",
                [line_id, application_id, *marks],
            )
        if said.matches:
            return True
    return False


def _was_seen(authority: Authority, submission_key: str, number: str, *, on: dt.date) -> bool:
    """Tell whether a document was seen under this key. Refuses: SUBMISSION_KEY_USED, for another line; NumberNotRead."""
    for seen in rows("SELECT line_id FROM selfcare_application WHERE check_key = %s", [submission_key]):
        if not on_number(authority, number)(seen.line_id):
            raise SUBMISSION_KEY_USED(day=on)
        return True
    return False


def outcome_of(submission_key: str) -> Outcome | None:
    """Return the result of the document check with this key: seen (it is being recorded), registered or refused; None: no check."""
    found = rows("SELECT state, said FROM selfcare_application WHERE check_key = %s", [submission_key])
    return Outcome(found[0].state, found[0].said or ()) if found else None
