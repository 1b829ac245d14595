# SPDX-License-Identifier: EUPL-1.2
"""A clerk has the document before them that somebody gave from afar: it is compared, and what was given is then recorded.

The clerk learns nothing of it: number and name are typed from the document and compared as keyed hashes. The record is made by
the carrier, in the clerk's name, since no counter can open what waits.
"""

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.documents.reasons import Reason
from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.enrolment.errors import DocumentNeedsSupervisor, SubmissionKeyNotRead
from rollkeeper.enrolment.rules import is_usable_key
from rollkeeper.enrolment.seconding import demand_second, may_look_as_supervisor
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.shown import find_line_shown
from rollkeeper.rights.applying import marks_of
from rollkeeper.rights.errors import NoApplication


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of what a clerk saw."""

    state: str
    said: Sequence[dict[str, Any]]


def see_document(
    authority: Authority, *, submission_key: str, number: str, document: tuple[str, str], name: str,
    language: str, on: dt.date,
) -> None:  # fmt: skip
    """Note that the document of a waiting application was seen; a second time with the same key changes nothing.

    Ledger: rights:application:seen. Refuses: NotAllowed, SecondPersonNeeded, SubmissionKeyNotRead, LineNotFound, NumberNotRead, NoApplication.
    """
    role = demand(authority, Power.ENROL)
    demand_second(
        authority, "register", seconded_by=None
    )  # what nobody could confirm is registered at the counter
    if not is_usable_key(submission_key):
        raise SubmissionKeyNotRead
    if outcome_of(submission_key) is not None:
        return
    checked = check_number(normalise_type(document[0]), document[1], on)
    if Reason.CHECK_DIGIT in checked.reasons and not may_look_as_supervisor(authority, seconded_by=None):
        raise DocumentNeedsSupervisor(part="holder")
    with act():
        line = find_line_shown(authority, number)
        if line is None:
            raise LineNotFound
        found = rows(
            "SELECT application_id, document_mark, name_mark FROM rights_application"
            " WHERE line_id = %s AND state = 'held' AND until >= %s FOR UPDATE",
            [line.line_id, on],
        )
        if not found:
            raise NoApplication
        (waits,) = found
        marks = marks_of(waits.application_id, document=document, name=name, on=on)
        kept = (bytes(waits.document_mark), bytes(waits.name_mark))
        if not hmac.compare_digest(b"".join(marks), b"".join(kept)):
            raise NoApplication
        run(
            "UPDATE rights_application SET state = 'seen', seen_by = %s, seen_at = %s, seen_key = %s, seen_language = %s"
            " WHERE line_id = %s AND application_id = %s",
            [authority.staff_id, clock.now(), submission_key, language, line.line_id, waits.application_id],
        )
        append_entry(
            authority, verb=Verb.APPLICATION_SEEN, role=role, on=on, line_id=line.line_id,
            facts={"application": str(waits.application_id)},
        )  # fmt: skip


def outcome_of(submission_key: str) -> Outcome | None:
    """Return what came of what was seen under a key: seen (it is being recorded), registered or refused; None: nothing was seen."""
    found = rows("SELECT state, said FROM rights_application WHERE seen_key = %s", [submission_key])
    return Outcome(found[0].state, found[0].said or ()) if found else None
