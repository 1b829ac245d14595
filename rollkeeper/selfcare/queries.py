# SPDX-License-Identifier: EUPL-1.2
"""The cases, for the people who decide them: references and days, no names."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import reference_of
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import prepared_rows, rows, sql
from rollkeeper.kernel.ids import LineId, TenureId
from rollkeeper.lines.queries import protected_lines
from rollkeeper.notices.choices import NoticeState
from rollkeeper.selfcare.choices import CaseKind, DecisionReason
from rollkeeper.selfcare.errors import CASE_NOT_FOUND

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class CaseView:
    """One open case."""

    case_id: UUID
    line_id: LineId
    kind: CaseKind
    about: str | None
    opened_on: dt.date
    due_on: dt.date
    claimant_is_named: bool | None
    """Whether the subscriber named the claimant; None: there is no claimant, or none with a document."""
    assigned_to: str | None = None
    """The user name of the staff member who took it on."""

    @property
    def line_reference(self) -> str:
        """Return the short reference by which two people know that they mean the same line."""
        return reference_of(str(self.line_id))

    def days_left(self, on: dt.date) -> int:
        """Return how many days are left to decide; below zero it is overdue."""
        return (self.due_on - on).days

    def share_used(self, on: dt.date) -> int:
        """Return how much of the time to decide is over, in percent."""
        whole = max((self.due_on - self.opened_on).days, 1)
        return min(100, max(0, 100 * (on - self.opened_on).days // whole))


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """One case that was decided."""

    case_id: UUID
    line_id: LineId
    kind: CaseKind
    about: str | None
    opened_on: dt.date
    due_on: dt.date
    settled_on: dt.date
    upheld: bool
    because: DecisionReason | None

    @property
    def line_reference(self) -> str:
        """Return the short reference by which two people know that they mean the same line."""
        return reference_of(str(self.line_id))

    @property
    def in_time(self) -> bool:
        """Tell whether it was decided in time."""
        return self.settled_on <= self.due_on


@dataclass(frozen=True, slots=True)
class DecisionNotice:
    """The state of the notice of a decision, the channel tried last, and when it was delivered."""

    state: NoticeState
    channel: Channel | None
    delivered_on: dt.date | None


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case as its page shows it, open or decided, and what an appeal is against."""

    open: CaseView | None
    decided: DecidedCase | None
    against_kind: CaseKind | None
    """For an appeal: the kind of the lost case; None: it is against the suspension, or this is no appeal."""
    against_settled_on: dt.date | None
    against_because: DecisionReason | None
    is_own: bool
    """For an appeal: whether the reader made the decision that it is against."""
    notice: DecisionNotice | None
    """For a decided case; None if no notice was queued."""

    @property
    def case(self) -> CaseView | DecidedCase:
        """Return the case itself."""
        found = self.open or self.decided
        assert found is not None  # noqa: S101 - made of one or the other
        return found


@dataclass(slots=True)
class CaseCounts:
    """How many open cases there are, and how many of them are late or nearly so."""

    open: int = 0
    overdue: int = 0
    soon: int = 0
    mine: int = 0
    by_kind: dict[CaseKind, int] = field(default_factory=dict)

    @property
    def urgent(self) -> int:
        """Return how many are due within some days, or overdue."""
        return self.overdue + self.soon


def tenures_as_one(line_id: LineId, tenure_id: TenureId | None) -> list[TenureId]:
    """Return a tenure and the tenures that it corrected: a case opened before a correction is still theirs. Without a tenure: none."""
    if tenure_id is None:
        return []
    found = prepared_rows(sql("selfcare", "tenures_as_one"), {"line_id": line_id, "tenure_id": tenure_id})
    return [TenureId(row.tenure_id) for row in found]


def open_cases() -> list[CaseView]:
    """Return the open cases, the most urgent first."""
    return [_open(row) for row in rows(sql("selfcare", "open_cases"))]


def case_inbox(authority: Authority) -> list[CaseView]:
    """Return the open cases; without those of protected subscribers for staff who may not see them. Refuses: NOT_ALLOWED."""
    require(authority, Permission.SEE_CASES)
    found = open_cases()
    hidden = _hidden(authority, [one.line_id for one in found])
    return [one for one in found if one.line_id not in hidden]


def decided_cases(authority: Authority) -> list[DecidedCase]:
    """Return the decided cases, the last first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.SEE_CASES)
    found = [_decided(row) for row in rows(sql("selfcare", "decided_cases"))]
    hidden = _hidden(authority, [one.line_id for one in found])
    return [one for one in found if one.line_id not in hidden]


def case_detail(authority: Authority, case_id: UUID) -> CaseDetail:
    """Return one case, open or decided. Refuses: NOT_ALLOWED, CASE_NOT_FOUND."""
    require(authority, Permission.SEE_CASES)
    found = rows(sql("selfcare", "one_case"), [case_id])
    if not found or _hidden(authority, [LineId(found[0].line_id)]):
        raise CASE_NOT_FOUND(case=case_id)
    (row,) = found
    is_open = row.settled_on is None
    return CaseDetail(
        open=_open(row) if is_open else None, decided=None if is_open else _decided(row),
        against_kind=CaseKind(row.against_kind) if row.against_kind else None,
        against_settled_on=row.against_settled_on,
        against_because=DecisionReason(row.against_because) if row.against_because else None,
        is_own=row.against_settled_by == authority.commitment,
        notice=_notice(row) if row.notice_state else None,
    )  # fmt: skip


def count_cases(cases: list[CaseView], *, username: str, on: dt.date) -> CaseCounts:
    """Count these cases by the days left. Pure."""
    counts = CaseCounts(open=len(cases))
    for one in cases:
        left = one.days_left(on)
        counts.overdue += left < 0
        counts.soon += 0 <= left <= SOON_DAYS
        counts.mine += one.assigned_to == username
        counts.by_kind[one.kind] = counts.by_kind.get(one.kind, 0) + 1
    return counts


def urgent_case_count(authority: Authority, *, on: dt.date) -> int:
    """Return how many cases are overdue or due within some days, for the menu; 0 for staff who may not see them."""
    if authority.role_for(Permission.SEE_CASES) is None:
        return 0
    found = [
        LineId(row.line_id)
        for row in prepared_rows(
            "SELECT line_id FROM selfcare_case WHERE settled_on IS NULL AND due_on <= %s",
            [on + dt.timedelta(days=SOON_DAYS)],
        )
    ]
    hidden = _hidden(authority, found)
    return sum(one not in hidden for one in found)


def _hidden(authority: Authority, line_ids: list[LineId]) -> set[LineId]:
    """Return the lines of protected subscribers that the reader may not see."""
    may = authority.role_for(Permission.SEE_PROTECTED)
    return set() if may else protected_lines(line_ids)


def _notice(row: Any) -> DecisionNotice:
    channel = Channel(row.notice_channel) if row.notice_channel else None
    return DecisionNotice(NoticeState(row.notice_state), channel, row.notice_delivered_on)


def _open(row: Any) -> CaseView:
    return CaseView(
        row.case_id, LineId(row.line_id), CaseKind(row.kind), row.about, row.opened_on, row.due_on,
        row.claimant_is_named, row.assigned_to,
    )  # fmt: skip


def _decided(row: Any) -> DecidedCase:
    return DecidedCase(
        row.case_id, LineId(row.line_id), CaseKind(row.kind), row.about, row.opened_on, row.due_on, row.settled_on,
        row.upheld, DecisionReason(row.because) if row.because else None,
    )  # fmt: skip
