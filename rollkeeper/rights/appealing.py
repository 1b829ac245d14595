# SPDX-License-Identifier: EUPL-1.2
"""An appeal against what was decided: a case that was lost, or the suspension of the line; once each.

Separate because it looks back at decisions. Without that look anybody could stop a clock for ever, one appeal after the
other.
"""

import datetime as dt
from uuid import UUID

from rollkeeper.enrolment.receipts import once
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import EntryId, HoldingId, LineId
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import lock_line, pause_clock
from rollkeeper.lines.states import PauseReason
from rollkeeper.rights.acts import Asked, key_of, open_case
from rollkeeper.rights.errors import NothingToAppeal
from rollkeeper.rights.kinds import CaseKind
from rollkeeper.rights.rules import may_appeal
from rollkeeper.rights.visits import Visit


def appeal(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Appeal against what was decided: the clock stops today and goes on with what was left once it is decided.

    Ledger: line:clock:paused, rights:case:opened. Refuses: NotAmongYours, NothingToAppeal, CaseOpenAlready, LineOver.
    """
    line_id, holding_id = visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        lock_line(line_id, living=True)
        against = _against(line_id, holding_id)
        open_case(visit.authority, line_id, CaseKind.APPEAL, holding_id=holding_id, against=against, on=on)
        return line_id, pause_clock(visit.authority, line_id, on, None, PauseReason.APPEAL, on)

    return once(key_of(asked), verb=Verb.CLOCK_PAUSED, on=on, do=do)


def can_appeal(line_id: LineId, holding_id: HoldingId | None) -> bool:
    """Tell whether there is anything against which an appeal is left."""
    (row,) = rows(sql("rights", "appealable"), {"line_id": line_id, "holding_id": holding_id})
    verdict = may_appeal(
        dismissed=row.dismissed, appealed=row.appealed, suspended=row.suspended,
        suspension_appealed=row.suspension_appealed,
    )  # fmt: skip
    return not isinstance(verdict, Refused)


def _against(line_id: LineId, holding_id: HoldingId | None) -> UUID | None:
    """Return the newest case that was lost and not appealed against; None: the suspension. Refuses: NothingToAppeal."""
    if not can_appeal(line_id, holding_id):
        raise NothingToAppeal
    (row,) = rows(sql("rights", "appealable"), {"line_id": line_id, "holding_id": holding_id})
    against: UUID | None = row.newest
    return against
