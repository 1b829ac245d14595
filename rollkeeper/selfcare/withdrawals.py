# SPDX-License-Identifier: EUPL-1.2
"""A subscriber withdraws a case: the case is closed, and the clock of the line goes on with the remaining days.

Separate from the decisions of staff: no one decided, so the case is not lost and there is nothing to appeal against.
"""

import datetime as dt
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, TenureId
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import lock_line
from rollkeeper.registration.receipts import on_line, run_once
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.case_decisions import close_case
from rollkeeper.selfcare.choices import CaseKind, DecisionReason
from rollkeeper.selfcare.errors import INVALID_REQUEST, NOTHING_TO_WITHDRAW
from rollkeeper.selfcare.queries import tenures_as_one
from rollkeeper.selfcare.services import Payload, key_of
from rollkeeper.selfcare.sessions import PortalSession, tenures_of

_WITH_PROOF: Final = frozenset({CaseKind.NOT_MINE, CaseKind.CORRECT})
"""Cases that are opened only after the second proof, and withdrawn only after it."""
_WITHDRAWABLE: Final = frozenset({CaseKind.DISPUTE, CaseKind.APPEAL}) | _WITH_PROOF


def withdraw_case(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Withdraw a case that was opened for this tenure of the line.

    A case that was opened with a proof is withdrawn only with one: the telephone may be in other hands since.
    Ledger: selfcare:case:settled, line:clock:resumed. Refuses: INVALID_REQUEST, NOTHING_TO_WITHDRAW, VERIFICATION_NEEDED, NOT_YOUR_LINE.
    """
    try:
        case_id = UUID(str(payload.get("case")))
    except ValueError:
        raise INVALID_REQUEST() from None
    role = require(session.authority, Permission.OPEN_CASE)
    line_id, tenure_id = session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        case = _open_case(case_id, line_id, tenure_id)
        if case.kind in _WITH_PROOF or (session.person_id and _is_opened_with_proof(case, session.person_id)):
            session.require_verification()
        return line_id, close_case(
            session.authority, case, role=role.value, upheld=False, because=DecisionReason.TAKEN_BACK, on=on
        )

    return run_once(key_of(payload), verb=Verb.CASE_SETTLED, on=on, about=on_line(line_id), do=do)


def _open_case(case_id: UUID, line_id: LineId, tenure_id: TenureId | None) -> Any:
    lock_line(line_id)
    found = rows(
        "SELECT * FROM selfcare_case WHERE case_id = %(case)s AND line_id = %(line)s"
        " AND (tenure_id = ANY (%(tenures)s::uuid[]) OR tenure_id IS NULL AND %(tenures)s::uuid[] = '{}')"
        " AND settled_on IS NULL AND kind = ANY (%(kinds)s) FOR UPDATE",
        {
            "case": case_id,
            "line": line_id,
            "tenures": tenures_as_one(line_id, tenure_id),
            "kinds": [kind.value for kind in _WITHDRAWABLE],
        },
    )
    if not found:
        raise NOTHING_TO_WITHDRAW()
    return found[0]


def _is_opened_with_proof(case: Any, person_id: PersonId) -> bool:
    """Tell whether staff opened a case, or the subscriber after they had proved in the same session who they are."""
    lines = [one.line_id for one in tenures_of(person_id)]
    return bool(
        rows(
            sql("selfcare", "opened_with_proof"),
            {"line": case.line_id, "case": str(case.case_id), "lines": lines},
        )
    )
