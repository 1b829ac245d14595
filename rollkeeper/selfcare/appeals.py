# SPDX-License-Identifier: EUPL-1.2
"""An appeal against a decision: a lost case, or the suspension of the line. Against each, one appeal is possible.

Separate because it reads earlier decisions. Without that check a subscriber could pause a clock forever, with one appeal after
the other.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import EntryId, LineId, TenureId
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.services import pause_clock
from rollkeeper.lines.writes import lock_line
from rollkeeper.registration.receipts import on_line, run_once
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.case_notices import note_asked_from
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.errors import NOTHING_TO_APPEAL
from rollkeeper.selfcare.queries import tenures_as_one
from rollkeeper.selfcare.rules import may_appeal
from rollkeeper.selfcare.services import Payload, key_of, open_case
from rollkeeper.selfcare.sessions import PortalSession


def appeal(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Appeal against a decision: the clock stops today; once the appeal is decided, it goes on with the remaining days.

    Ledger: line:clock:paused, selfcare:case:opened. Refuses: NOT_YOUR_LINE, NOTHING_TO_APPEAL, CASE_ALREADY_OPEN, LINE_TERMINATED.
    """
    line_id, tenure_id = session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        lock_line(line_id, in_force=True)
        against = _against(line_id, tenure_id)
        open_case(session.authority, line_id, CaseKind.APPEAL, tenure_id=tenure_id, against=against, on=on)
        note_asked_from(session.line_id, line_id, tenure_id, CaseKind.APPEAL)
        return line_id, pause_clock(session.authority, line_id, on, None, PauseReason.APPEAL, on)

    return run_once(key_of(payload), verb=Verb.CLOCK_PAUSED, on=on, about=on_line(line_id), do=do)


def has_appeal_left(line_id: LineId, tenure_id: TenureId | None) -> bool:
    """Tell whether there is a decision against which the subscriber may still appeal."""
    row = _appealable(line_id, tenure_id)
    verdict = may_appeal(
        dismissed=row.dismissed, appealed=row.appealed, suspended=row.suspended,
        suspension_appealed=row.suspension_appealed,
    )  # fmt: skip
    return not isinstance(verdict, Refused)


def _against(line_id: LineId, tenure_id: TenureId | None) -> UUID | None:
    """Return the newest case that was lost without an appeal; None: the suspension. Refuses: NOTHING_TO_APPEAL."""
    if not has_appeal_left(line_id, tenure_id):
        raise NOTHING_TO_APPEAL()
    against: UUID | None = _appealable(line_id, tenure_id).newest
    return against


def _appealable(line_id: LineId, tenure_id: TenureId | None) -> Any:
    values = {"line_id": line_id, "tenures": tenures_as_one(line_id, tenure_id)}
    (row,) = rows(sql("selfcare", "appealable"), values)
    return row
