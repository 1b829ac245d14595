# SPDX-License-Identifier: EUPL-1.2
"""A document that may be forged: staff open a case, two different people decide it, and the report is drafted for them to send.

The register reports no one, and cuts no one off. If both people found the document forged, the line loses the record made
with it: it then has no subscriber, is listed among the lines without identity, and its user can register with a genuine
document at once. Law: art. 4 ¶3.
"""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.utils import translation

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import Approvals, PendingSubject, approve
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import prepared_rows, rows
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.phrasing import colon, write_day
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.counter_codes import find_line_for_clerk
from rollkeeper.lines.protection import hiding_protected_state
from rollkeeper.lines.queries import current_tenure, protected_lines
from rollkeeper.registration.receipts import on_number, run_once
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.choices import CaseKind, ForgerySign
from rollkeeper.selfcare.errors import CASE_NOT_FOUND, NO_SUBSCRIBER_TO_SUSPECT
from rollkeeper.selfcare.services import open_case

FORGED, GENUINE = "forged", "genuine"
"""A person's verdict on a document; the case is decided once two people give the same verdict."""


def suspect_forgery(
    authority: Authority, *, submission_key: str, number: str, sign: ForgerySign, on: dt.date
) -> Receipt:
    """Open a case about the document by which a line is registered. Nothing is done to the line.

    Ledger: selfcare:case:opened. Refuses: NOT_ALLOWED, LineNotFound, LINE_TERMINATED, NO_SUBSCRIBER_TO_SUSPECT, CASE_ALREADY_OPEN.
    """
    require(authority, Permission.SUSPECT_FORGERY)

    def do() -> tuple[LineId, EntryId]:
        line = find_line_for_clerk(authority, number, on=on, helps=False)
        with hiding_protected_state(authority, line.line_id, on=on):
            held = current_tenure(line.line_id)
            if held is None:
                raise NO_SUBSCRIBER_TO_SUSPECT()
            return line.line_id, open_case(
                authority, line.line_id, CaseKind.FORGERY, tenure_id=held.tenure_id, about=sign.value, on=on
            )

    return run_once(submission_key, verb=Verb.CASE_OPENED, on=on, about=on_number(authority, number), do=do)


def judge(authority: Authority, case: Any, *, is_forged: bool, on: dt.date) -> bool:
    """Record one person's verdict whether the document of a case was forged; tell whether two people have now said the same.

    Runs in the caller's action, which has locked the case. Ledger: selfcare:forgery:judged. Refuses: NOT_ALLOWED, APPROVER_UNKNOWN,
    ROLE_TOO_RECENT, ReauthenticationNeeded, ALREADY_APPROVED.
    """
    role = require(authority, Permission.DECIDE_FORGERY)

    def enter(made: Approvals) -> EntryId:
        facts: dict[str, str | int | bool] = {
            "case": str(case.case_id),
            "enough": made.enough,
            "forged": is_forged,
        }
        return append_entry(
            authority,
            verb=Verb.FORGERY_JUDGED,
            role=role.value,
            on=on,
            line_id=LineId(case.line_id),
            facts=facts,
        )

    said = FORGED if is_forged else GENUINE
    made = approve(authority, Permission.DECIDE_FORGERY, case.case_id, content=said, on=on, enter=enter)
    return made.enough


def pending_judgements() -> list[PendingSubject]:
    """Return the open cases about documents, which wait for two people; cases of protected subscribers only for staff who may see them."""
    found = prepared_rows(
        "SELECT case_id, line_id, opened_on, uuid_extract_timestamp(case_id) AS made_at FROM selfcare_case"
        " WHERE kind = %s AND settled_on IS NULL ORDER BY opened_on, case_id",
        [CaseKind.FORGERY.value],
    )
    hidden = protected_lines([LineId(one.line_id) for one in found])
    return [
        PendingSubject(
            one.case_id, CaseKind.FORGERY.value, _opened_at(one), str(one.case_id), is_judged=True,
            needs=Permission.SEE_PROTECTED if one.line_id in hidden else None,
        )
        for one in found
    ]  # fmt: skip


def draft_report(case_id: UUID, *, language: str) -> str:
    """Return the report to the competent authority about a case, as plain text for people to send. It names no one.

    Refuses: CASE_NOT_FOUND.
    """
    found = rows(
        "SELECT c.case_id, c.about, c.opened_on, c.settled_on, c.upheld, l.service"
        " FROM selfcare_case c JOIN lines_line l USING (line_id) WHERE c.case_id = %s AND c.kind = %s",
        [case_id, CaseKind.FORGERY.value],
    )
    if not found:
        raise CASE_NOT_FOUND(case=case_id)
    (case,) = found
    texts = _texts()[language if language in _texts() else "en"]
    decided = texts["waits"] if case.settled_on is None else texts[GENUINE if case.upheld else FORGED]
    with translation.override(language):
        facts = (
            ("operator", instance().operator_name),
            ("law", load_pack(instance().pack).title(language)),
            ("reference", case.case_id),
            ("noticed", write_day(case.opened_on)),
            ("service", Service(case.service).label),
            ("sign", ForgerySign(case.about).label),
            ("decided", decided),
            ("decided_on", write_day(case.settled_on) if case.settled_on else "-"),
        )
        said = [f"{texts[name]}{colon()}{value}" for name, value in facts]
    return "\n".join([texts["title"], "", *said, "", texts["no_names"]]) + "\n"


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("rollkeeper") / "selfcare" / "forgery_report.toml").read_text("utf-8"))


def _opened_at(case: Any) -> dt.datetime:
    """Return when a case was opened: its day, and the time of day at which its reference was made."""
    return dt.datetime.combine(case.opened_on, case.made_at.astimezone(clock.zone()).timetz())
