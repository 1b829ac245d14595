# SPDX-License-Identifier: EUPL-1.2
"""Legal holds: the record of one line is kept beyond its last day while a named case needs it, and not a day longer.

A legal hold works against a person who wants to be forgotten. So it names a case, has an end within a year and a day of review before
that, is for one line only, and ends by itself.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import begin_legal_hold, lock_line
from rollkeeper.retention.errors import (
    INVALID_CASE_NUMBER,
    INVALID_LEGAL_HOLD_DAYS,
    LEGAL_HOLD_NOT_FOUND,
    RECORD_ERASED,
)

MAX_DAYS: Final = 366
"""The operator's limit, not the law's: a longer need is stated again each year."""
_CASE: Final = re.compile(r"(?=.*\d)[\w\u0f00-\u0fff./()（）〔〕［］-]{1,40}")


@dataclass(frozen=True, slots=True)
class LegalHold:
    """One current legal hold, with the case that it is for."""

    line_id: LineId
    case_reference: str
    first: dt.date
    last: dt.date
    review_on: dt.date


def add_legal_hold(
    authority: Authority,
    line_id: LineId,
    *,
    case_reference: str,
    last: dt.date,
    review_on: dt.date,
    on: dt.date,
) -> None:
    """Protect a line's record, with its past tenures, from erasure through `last`. A second hold for the same case replaces the first.

    Refuses: NOT_ALLOWED, INVALID_CASE_NUMBER, INVALID_LEGAL_HOLD_DAYS, LineNotFound, RECORD_ERASED. Ledger: line:legal_hold:added,
    line:legal_hold:ended.
    """
    role = require(authority, Permission.MANAGE_LEGAL_HOLDS)
    if not _CASE.fullmatch(case_reference):
        raise INVALID_CASE_NUMBER()
    if not on <= review_on <= last <= on + dt.timedelta(days=MAX_DAYS):
        raise INVALID_LEGAL_HOLD_DAYS(first=on, review_on=review_on, last=last, most_days=MAX_DAYS)
    with action():
        # An erasure locks its lines: a concurrent hold waits, and then finds the line erased.
        if lock_line(line_id).erased_on or rows(
            "SELECT FROM retention_erasure WHERE line_id = %s AND (tenure_id IS NULL OR done_at IS NULL AND ground <> 'copy_over')",
            [line_id],
        ):
            raise RECORD_ERASED()
        _end(authority, role, line_id, case_reference, on=on)
        begin_legal_hold(line_id, case_reference=case_reference, first=on, last=last, review_on=review_on)
        facts = {"first": on.isoformat(), "last": last.isoformat(), "review_on": review_on.isoformat()}
        append_entry(authority, verb=Verb.LEGAL_HOLD_ADDED, role=role, on=on, line_id=line_id, facts=facts)


def end_legal_hold(authority: Authority, line_id: LineId, *, case_reference: str, on: dt.date) -> None:
    """End a case's legal hold on a line early: `on` is its last day.

    Refuses: NOT_ALLOWED, LineNotFound, LEGAL_HOLD_NOT_FOUND. Ledger: line:legal_hold:ended.
    """
    role = require(authority, Permission.MANAGE_LEGAL_HOLDS)
    with action():
        lock_line(line_id)
        if not _end(authority, role, line_id, case_reference, on=on):
            raise LEGAL_HOLD_NOT_FOUND()


def current_legal_holds(authority: Authority, *, on: dt.date) -> list[LegalHold]:
    """Return the current legal holds on a day, the earliest review first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.ERASE_DUE)
    found = rows(
        "SELECT line_id, case_reference, lower(days) AS first, upper(days) - 1 AS last, review_on FROM lines_legalhold"
        " WHERE days @> %s ORDER BY review_on, line_id",
        [on],
    )
    return [LegalHold(LineId(r.line_id), r.case_reference, r.first, r.last, r.review_on) for r in found]


def _end(authority: Authority, role: StaffRole, line_id: LineId, case_reference: str, *, on: dt.date) -> bool:
    found = rows("SELECT first, last FROM lines_end_legal_hold(%s, %s, %s)", [line_id, case_reference, on])
    for one in found:
        facts = {"first": one.first.isoformat(), "last": one.last.isoformat()}
        append_entry(authority, verb=Verb.LEGAL_HOLD_ENDED, role=role, on=on, line_id=line_id, facts=facts)
    return bool(found)
