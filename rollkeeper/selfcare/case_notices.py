# SPDX-License-Identifier: EUPL-1.2
"""A person is told that their case is decided, on a line that is theirs: of which kind it is and where to read the rest, nothing more.

The line in a case is told only while it is the same subscriber's. A line that is said not to be theirs is used by another person: so
whatever is decided about it is told on the line in the hand of the person who said it, and otherwise at the portal alone. A protected
subscriber is sent nothing.
"""

import datetime as dt
from typing import Any

from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import view_line
from rollkeeper.notices.services import enqueue_decision
from rollkeeper.selfcare.choices import CaseKind


def owe_decision_notice(case: Any, *, on: dt.date) -> None:
    """Owe the notice of a case that was decided, in the caller's action, once what follows from the decision is done."""
    found = _recipient(case)
    line = view_line(found[0]) if found else None
    if found is None or line is None:
        return
    notice_id = enqueue_decision(
        line.line_id, about=CaseKind(case.kind).value, for_tenure=found[1], since=case.opened_on, language=line.language,
        pack_hash=load_pack(instance().pack).hash, on=on,
    )  # fmt: skip
    run("UPDATE selfcare_case SET notice_id = %s WHERE case_id = %s", [notice_id, case.case_id])


def note_asked_from(in_hand: LineId, line_id: LineId, tenure_id: TenureId | None, kind: CaseKind) -> None:
    """Note with which line in their hand a person opened a case, in the caller's action; it goes when the case is settled."""
    run(
        "UPDATE selfcare_case SET asked_from = %s"
        " WHERE line_id = %s AND tenure_id IS NOT DISTINCT FROM %s AND kind = %s AND settled_on IS NULL",
        [in_hand, line_id, tenure_id, kind.value],
    )


def _recipient(case: Any) -> tuple[LineId, TenureId | None] | None:
    """Return on which line its person is told, and by which tenure they have it."""
    if not _is_of_disowned_line(case):
        return LineId(case.line_id), case.tenure_id
    own = rows(
        "SELECT own.line_id, own.tenure_id FROM lines_tenure disowned"
        " JOIN lines_tenure own ON own.person_id = disowned.person_id AND own.line_id = %s AND upper_inf(own.held) AND own.contested_on IS NULL"
        " WHERE disowned.line_id = %s AND disowned.tenure_id = %s AND own.line_id <> disowned.line_id",
        [case.asked_from, case.line_id, case.tenure_id],
    )
    return (LineId(own[0].line_id), TenureId(own[0].tenure_id)) if own else None


def _is_of_disowned_line(case: Any) -> bool:
    """Tell whether its person said in this case, in the one that was appealed against, or in another that is open, that the line is not theirs."""
    return bool(
        case.kind == CaseKind.NOT_MINE
        or rows(
            "SELECT FROM selfcare_case WHERE kind = %s AND (case_id = %s OR (line_id = %s AND tenure_id = %s AND settled_on IS NULL))",
            [CaseKind.NOT_MINE.value, case.against, case.line_id, case.tenure_id],
        )
    )
