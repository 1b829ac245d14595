# SPDX-License-Identifier: EUPL-1.2
"""Staff decide a case, and what follows from the decision: the clock goes on, a line is unlinked, a correction is done.

Separate from the services by which subscribers open cases: no one decides their own case.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import require_cooldown_over
from rollkeeper.access.errors import APPROVER_UNKNOWN
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.batch_rollback import restore_terminated_line
from rollkeeper.campaign.restarted_clocks import restart_clock
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import EntryId, LineId
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.queries import current_tenure, view_line
from rollkeeper.lines.services import resume_clock, settle_dispute
from rollkeeper.lines.writes import lock_line, mark_suspension_wrongful, unlink_line
from rollkeeper.registration.side_effects import restore_service
from rollkeeper.selfcare.case_notices import owe_decision_notice
from rollkeeper.selfcare.choices import CaseKind, DecisionReason
from rollkeeper.selfcare.errors import CASE_NOT_FOUND, DECIDED_BY_SAME_PERSON, NOT_CORRECTED, WRONG_REASON
from rollkeeper.selfcare.forgeries import judge
from rollkeeper.selfcare.queries import tenures_as_one
from rollkeeper.selfcare.rules import may_settle_case
from rollkeeper.selfcare.services import has_open_case, open_case

DISPUTE_KINDS = (CaseKind.DISPUTE, CaseKind.NOT_MINE, CaseKind.INHERIT)
"""Kinds of case during which a line is disputed."""


def settle_case(
    authority: Authority, case_id: UUID, *, upheld: bool, because: DecisionReason | None = None, on: dt.date
) -> bool:
    """Decide a case; tell whether it is decided now. The clock of the line goes on tomorrow with the remaining days.

    If the subscriber was right, the line gets back the service suspended for a missing registration, and the remaining time; also
    a line that a batch terminated, while its number is not reassigned. A line that is not theirs is permanently unlinked from
    them, on appeal too: it then has no subscriber. A correction is upheld by correcting the record; an upheld appeal opens the correction
    again. The person who made the first decision does not decide the appeal. A case about a forged document is decided when two people have
    said the same; until then it stays open. The person is told by a notice.

    Ledger: selfcare:case:settled, selfcare:case:opened, selfcare:forgery:judged. Refuses: NOT_ALLOWED, CASE_NOT_FOUND,
    DECIDED_BY_SAME_PERSON, ROLE_TOO_RECENT, NOT_CORRECTED, WRONG_REASON, and as `forgeries.judge`.
    """
    role = require(authority, Permission.SETTLE_CASE)
    if because is not None and because.is_for_upheld is not upheld:
        raise WRONG_REASON()
    with action():
        case = _locked(case_id)
        if case.kind == CaseKind.FORGERY and not judge(authority, case, is_forged=not upheld, on=on):
            return False
        if case.kind == CaseKind.APPEAL and isinstance(_may_decide(authority, case), Refused):
            raise DECIDED_BY_SAME_PERSON()
        if case.kind == CaseKind.APPEAL and not upheld:
            # Otherwise the person who made the first decision could make a new account and decide the appeal.
            require_cooldown_over(authority, Permission.SETTLE_CASE)
        if case.kind == CaseKind.CORRECT and upheld and not _corrected(case_id):
            raise NOT_CORRECTED(opened_on=case.opened_on)
        close_case(authority, case, role=role.value, upheld=upheld, because=because, on=on)
        owe_decision_notice(case, on=on)
    return True


def settle_done_corrections(authority: Authority, *, on: dt.date) -> int:
    """Settle every correction whose record was changed since it was opened; return how many. Ledger: selfcare:case:settled.

    The change itself is in the ledger and its subscriber was notified: no further decision is needed.
    """
    role, settled = require(authority, Permission.SETTLE_CASE), 0
    for row in _corrected():
        with action():
            case = _lock_open(row.case_id)
            if case is not None:
                close_case(
                    authority,
                    case,
                    role=role.value,
                    upheld=True,
                    because=DecisionReason.RECORD_CORRECTED,
                    on=on,
                )
                owe_decision_notice(case, on=on)
                settled += 1
    return settled


def take_case(authority: Authority, case_id: UUID, *, gives_back: bool = False, on: dt.date) -> None:
    """Take on a case, or give it back, as a named person. Another person may decide it.

    Ledger: selfcare:case:assigned. Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, CASE_NOT_FOUND.
    """
    role = require(authority, Permission.SETTLE_CASE)
    if authority.staff_id is None:
        raise APPROVER_UNKNOWN()
    with action():
        case = _locked(case_id)
        run(
            "UPDATE selfcare_case SET assigned_to = %s WHERE case_id = %s",
            [None if gives_back else authority.staff_id, case_id],
        )
        facts: dict[str, str | bool] = {"case": str(case_id), "kind": case.kind, "taken": not gives_back}
        append_entry(
            authority,
            verb=Verb.CASE_ASSIGNED,
            role=role.value,
            on=on,
            line_id=LineId(case.line_id),
            facts=facts,
        )


def close_case(
    authority: Authority, case: Any, *, role: str, upheld: bool, on: dt.date, because: DecisionReason | None = None
) -> EntryId:  # fmt: skip
    """Record a verdict and carry it out, in the caller's action, which has locked the line and then the case."""
    line_id, kind = LineId(case.line_id), CaseKind(case.kind)
    run(
        "UPDATE selfcare_case SET settled_on = %s, upheld = %s, because = %s, settled_by = %s, claimant_mark = NULL, asked_from = NULL"
        " WHERE case_id = %s",
        [on, upheld, because.value if because else None, authority.commitment, case.case_id],
    )
    facts: dict[str, str | int | bool] = {"case": str(case.case_id), "kind": kind.value, "upheld": upheld}
    facts |= {"because": because.value} if because else {}
    entry_id = append_entry(authority, verb=Verb.CASE_SETTLED, role=role, on=on, line_id=line_id, facts=facts)
    if kind is CaseKind.APPEAL and not _has_open(line_id, (CaseKind.APPEAL,)):
        resume_clock(authority, line_id, on, PauseReason.APPEAL, on)
    was_right = upheld and kind in {CaseKind.DISPUTE, CaseKind.APPEAL}
    given_away = _given_away_at(case) if was_right else None
    if was_right and given_away is None:
        _restore(authority, line_id, role=role, on=on)
    _unlink(case, upheld=upheld, entry_id=entry_id)
    if was_right:
        mark_suspension_wrongful(line_id, lifted_since=_disputed_since(case), until=given_away)
    is_over = kind in DISPUTE_KINDS and not _has_open(line_id, DISPUTE_KINDS)
    if is_over:
        settle_dispute(authority, line_id, on)
    if is_over or (was_right and given_away is None):
        restart_clock(line_id, on=on)
    if upheld and kind is CaseKind.APPEAL:
        _open_correction_again(authority, case, on=on)
    return entry_id


def _restore(authority: Authority, line_id: LineId, *, role: str, on: dt.date) -> None:
    """Restore service suspended for a missing registration, also of a line that a batch terminated, while its number is not reassigned."""
    line = view_line(line_id)
    if (
        line is not None
        and line.may_be_restored(on=on)
        and restore_terminated_line(authority, line_id, role=role, on=on)
    ):
        line = view_line(line_id)
    if line is not None and not line.is_over:
        restore_service(line, on=on)


def _given_away_at(case: Any) -> dt.datetime | None:
    """Return when the person who opened the case gave up the line, if another has had it since: its service is the other person's now."""
    found = rows(
        "SELECT upper(own.held) AS at FROM lines_tenure own WHERE own.line_id = %s AND own.tenure_id = %s AND EXISTS"
        " (SELECT FROM lines_tenure later WHERE later.line_id = own.line_id AND later.person_id <> own.person_id"
        " AND lower(later.held) >= upper(own.held))",
        [case.line_id, case.tenure_id],
    )
    at: dt.datetime | None = found[0].at if found else None
    return at


def _has_open(line_id: LineId, kinds: Sequence[CaseKind]) -> bool:
    """Tell whether another case about a line is open, also one of a former subscriber."""
    found = rows(
        "SELECT FROM selfcare_case WHERE line_id = %s AND settled_on IS NULL AND kind = ANY (%s)",
        [line_id, [one.value for one in kinds]],
    )
    return bool(found)


def _unlink(case: Any, *, upheld: bool, entry_id: EntryId) -> None:
    """Unlink a line from the person if it is not theirs, or if its document was forged, in the case itself or on appeal."""
    kind = CaseKind(case.kind)
    is_appeal = upheld and kind is CaseKind.APPEAL and _kind_against(case) is CaseKind.NOT_MINE
    if is_appeal or kind is CaseKind.NOT_MINE or (kind is CaseKind.FORGERY and not upheld):
        for_good = upheld or kind is CaseKind.FORGERY
        line_id = LineId(case.line_id)
        unlink_line(line_id, tenure_id=case.tenure_id, for_good=for_good, at=clock.now(), entry_id=entry_id)


def _open_correction_again(authority: Authority, case: Any, *, on: dt.date) -> None:
    """Open again the correction of an upheld appeal, unless the record was changed meanwhile: a counter corrects, the decider sees no record."""
    line_id = LineId(case.line_id)
    lost = rows("SELECT about FROM selfcare_case WHERE case_id = %s AND kind = 'correct'", [case.against])
    if not lost or _corrected(case.against) or has_open_case(line_id, CaseKind.CORRECT):
        return
    line, held = view_line(line_id), current_tenure(line_id)
    if (
        line is None
        or line.is_over
        or held is None
        or case.tenure_id not in tenures_as_one(line_id, held.tenure_id)
    ):
        return  # The line is no longer theirs, so no counter would correct it.
    open_case(authority, line_id, CaseKind.CORRECT, tenure_id=held.tenure_id, about=lost[0].about, on=on)


def _corrected(case_id: UUID | None = None) -> list[Any]:
    """Return the open corrections whose record was changed since; with `case_id`, only that case, even if it is decided."""
    return rows(sql("selfcare", "corrections_done"), {"case_id": case_id})


def _kind_against(case: Any) -> CaseKind | None:
    """Return the kind of the lost case that an appeal is about; None: it is against the suspension."""
    found = rows("SELECT kind FROM selfcare_case WHERE case_id = %s", [case.against])
    return CaseKind(found[0].kind) if found else None


def _locked(case_id: UUID) -> Any:
    case = _lock_open(case_id)
    if case is None:
        raise CASE_NOT_FOUND(case=case_id)
    return case


def _lock_open(case_id: UUID) -> Any:
    """Lock an open case, but first its line, as all code does; return None if the case was decided meanwhile."""
    for row in rows("SELECT line_id FROM selfcare_case WHERE case_id = %s", [case_id]):
        lock_line(LineId(row.line_id))
    found = rows(
        "SELECT * FROM selfcare_case WHERE case_id = %s AND settled_on IS NULL FOR UPDATE", [case_id]
    )
    return found[0] if found else None


def _disputed_since(case: Any) -> dt.date:
    """Return the day of the dispute that is decided, or that an appeal is about."""
    first = rows("SELECT opened_on FROM selfcare_case WHERE case_id = %s", [case.against])
    since: dt.date = first[0].opened_on if first else case.opened_on
    return since


def _may_decide(authority: Authority, case: Any) -> object:
    before = rows("SELECT settled_by FROM selfcare_case WHERE case_id = %s", [case.against])
    return may_settle_case(
        is_appeal=True, is_named=authority.staff_id is not None, decider=authority.commitment,
        decided_before=before[0].settled_by if before else None,
    )  # fmt: skip
