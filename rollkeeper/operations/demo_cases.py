# SPDX-License-Identifier: EUPL-1.2
"""What the demo leaves for those who open the back office: agents, cases of each kind, incidents, a report and a sample.

As in `demo.py`, nothing is written into a table here: each is made on its day, by the service that a page or a command calls.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority, console_authority, subscriber_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.agents import outlets, services, suspension
from rollkeeper.agents.checklist import checklist
from rollkeeper.agents.choices import Pattern, SuspensionCause
from rollkeeper.agents.choices import Severity as FindingSeverity
from rollkeeper.agents.queries import agent_called
from rollkeeper.agents.review_cases import open_case as open_review_case
from rollkeeper.incidents.choices import About, Severity
from rollkeeper.incidents.services import open_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import LineId, StaffId, TenureId
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.reporting.audit_samples.services import draw_sample
from rollkeeper.reporting.periods import quarters_of
from rollkeeper.reporting.publishing import publish_report
from rollkeeper.reporting.services import make_report
from rollkeeper.retention.legal_holds import add_legal_hold
from rollkeeper.selfcare.case_decisions import settle_case, take_case
from rollkeeper.selfcare.choices import CaseKind, DecisionReason
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_case, open_dispute_case
from rollkeeper.vault.fields import Field

OPENED: Final[Mapping[dt.date, tuple[CaseKind, ...]]] = {
    dt.date(2012, 2, 2): (CaseKind.DISPUTE,),
    dt.date(2012, 2, 18): (CaseKind.NOT_MINE,),
    dt.date(2012, 2, 21): (CaseKind.DISPUTE,),
    dt.date(2012, 2, 24): (CaseKind.INHERIT,),
    dt.date(2012, 3, 5): (CaseKind.APPEAL,),
    dt.date(2012, 3, 12): (CaseKind.CORRECT,),
    dt.date(2012, 3, 16): (CaseKind.DISPUTE,),
}
"""On which days subscribers open which cases. By the demo's last day the first is decided and appealed against, the second is overdue."""
_DISMISSED_ON: Final = dt.date(2012, 3, 2)
_SUBSCRIBERS: Final = subscriber_authority(hashlib.sha256(b"the demo's subscribers").hexdigest())
_AGENTS_ON: Final = dt.date(2011, 12, 12)
_AUDITED_ON: Final = dt.date(2012, 2, 14)


class DemoCases:
    """The cases of the demo, day by day. `numbers` gives the numbers of registered lines that the demo uses for nothing else."""

    def __init__(self, numbers: Callable[[], list[str]], as_staff: Callable[[str], Authority]) -> None:
        self._numbers, self._as = numbers, as_staff
        self._used = 0
        self._lost: tuple[LineId, UUID] | None = None

    def live(self, day: dt.date) -> None:
        """Open one day's cases, and do what staff do that day about cases and agents."""
        if day == _AGENTS_ON:
            _enter_agents()
        if day == _AUDITED_ON:
            _audit_agents()
        if day == _DISMISSED_ON:
            first = min(open_cases(), key=lambda one: one.opened_on)
            settle_case(
                self._as("supervisor"),
                first.case_id,
                upheld=False,
                because=DecisionReason.NOTHING_SHOWN,
                on=day,
            )
            self._lost = (first.line_id, first.case_id)
        for kind in OPENED.get(day, ()):
            self._open(kind, day)

    def _open(self, kind: CaseKind, day: dt.date) -> None:
        if kind is CaseKind.APPEAL:
            if self._lost is not None:
                lost, against = self._lost
                open_case(_SUBSCRIBERS, lost, kind, tenure_id=_tenure(lost), against=against, on=day)
            return
        line_id = self._next_line()
        if line_id is None:
            return
        if kind is CaseKind.CORRECT:
            open_case(
                _SUBSCRIBERS, line_id, kind, tenure_id=_tenure(line_id), about=Field.ADDRESS.value, on=day
            )
        else:
            open_dispute_case(_SUBSCRIBERS, line_id, kind, tenure_id=_tenure(line_id), on=day)

    def _next_line(self) -> LineId | None:
        for number in self._numbers()[self._used :]:
            self._used += 1
            line = find_line(number)
            if line is not None and not line.is_over and line.is_registered and not line.is_disputed:
                return line.line_id
        return None

    def leave(self, day: dt.date) -> None:
        """Leave work that is open on the last day: a case that an officer took on, an incident whose deadlines run, a legal hold."""
        cases = open_cases()
        if cases:
            take_case(self._as("data_protection_officer"), cases[-1].case_id, on=day)
        line_id = self._next_line()
        if line_id is not None:
            add_legal_hold(
                self._as("data_protection_officer"), line_id, case_reference="2012/7", last=day + dt.timedelta(days=200),
                review_on=day + dt.timedelta(days=60), on=day,
            )  # fmt: skip
        clerk = self._as("clerk").staff_id
        open_incident(
            console_authority(), about=About.ACCOUNT, severity=Severity.SERIOUS, noticed_at=clock.now() - dt.timedelta(minutes=20),
            on=day, accounts=[StaffId(clerk)] if clerk else [], since=clock.now() - dt.timedelta(days=1),
        )  # fmt: skip

    def leave_report(self, day: dt.date) -> None:
        """Leave a report that two people published, and a sample that the auditor drew from it. The ledger is published by now."""
        quarter = quarters_of(2011)[3]
        make_report(self._as("data_protection_officer"), quarter, on=day, as_draft=True)
        for name in ("data_protection_officer", "administrator"):
            publish_report(self._as(name), quarter, on=day)
        draw_sample(
            self._as("auditor"),
            quarter.name,
            SampledAction.NOTICE_DELIVERED,
            text="thrown with a die: 4 1 6 2 5 3 1 6",
            on=day,
        )


def _tenure(line_id: LineId) -> TenureId | None:
    held = current_tenure(line_id)
    return held.tenure_id if held else None


def _enter_agents() -> None:
    """Enter three agents: two are approved, and one still lacks some evidence."""
    console, shown = console_authority(), hashlib.sha256(b"an invented paper").hexdigest()
    for code, kept in (("agent-101", 0), ("agent-102", 3), ("agent-103", 0)):
        services.add_agent(console, code, daily_limit=40, on=_AGENTS_ON)
        for requirement in list(checklist())[kept:]:
            services.attest_requirement(console, code, requirement, evidence=shown, on=_AGENTS_ON)
        outlets.open_outlet(
            console, code, f"{code}-shop", hours="mon-fri 09:00-18:00; sat 09:00-13:00", on=_AGENTS_ON
        )
        if not kept:
            services.approve_agent(console, code, on=_AGENTS_ON)


def _audit_agents() -> None:
    """Audit two agents: one has something to remediate, the other is suspended because it asked for that."""
    console, on = console_authority(), _AUDITED_ON
    first = next(iter(checklist()))
    found = services.AuditFinding(first, FindingSeverity.MINOR, on + dt.timedelta(days=45))
    services.audit_agent(console, "agent-101", [found], on=on)
    services.audit_agent(console, "agent-103", [], on=on)
    suspension.suspend_agent(console, "agent-103", SuspensionCause.ASKED, on=on)
    agent = agent_called("agent-101", on=on, window_days=1)
    with action():
        open_review_case(
            console,
            Pattern.RATE,
            agent_id=agent.agent_id,
            outlet_id=None,
            line_id=None,
            role=StaffRole.CONSOLE.value,
            on=on,
        )
