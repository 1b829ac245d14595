# SPDX-License-Identifier: EUPL-1.2
"""A notice tells a person, on a line of theirs, that their case is decided: only the kind of case and where to read the rest.

The line of a case gets the notice only while the same person is its subscriber. A line that is said not to be theirs is used by another
person: then the notice goes to the line that the person had in hand when they said so, or else they read it only at the portal. A
protected subscriber gets no notice.
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
    """Queue the notice of a decided case, in the caller's action, after the decision was carried out."""
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
    """Record which line a person had in hand when they opened a case, in the caller's action; it is deleted when the case is settled."""
    run(
        "UPDATE selfcare_case SET asked_from = %s"
        " WHERE line_id = %s AND tenure_id IS NOT DISTINCT FROM %s AND kind = %s AND settled_on IS NULL",
        [in_hand, line_id, tenure_id, kind.value],
    )


def _recipient(case: Any) -> tuple[LineId, TenureId | None] | None:
    """Return the line on which the person of a case is notified, and their tenure of it."""
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
    """Tell whether the person said that the line is not theirs: in this case, in the case appealed against, or in another open case."""
    return bool(
        case.kind == CaseKind.NOT_MINE
        or rows(
            "SELECT FROM selfcare_case WHERE kind = %s AND (case_id = %s OR (line_id = %s AND tenure_id = %s AND settled_on IS NULL))",
            [CaseKind.NOT_MINE.value, case.against, case.line_id, case.tenure_id],
        )
    )
