# SPDX-License-Identifier: EUPL-1.2
"""Enter an agent, take its evidence, admit it, audit it. Places, accounts and devices: `places.py`."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.agents.checklist import article_on_agents, checklist, requirement_called
from rollkeeper.agents.errors import (
    AgentCodeNotRead,
    AgentCodeTaken,
    AgentNotInState,
    AgentUnknown,
    FindingUnknown,
    RequirementsOpen,
)
from rollkeeper.agents.kinds import AgentState, Severity
from rollkeeper.agents.models import Agent, Audit, Finding, Met
from rollkeeper.agents.rules import may_entrust
from rollkeeper.kernel.database import act
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb

_CODE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Found:
    """One finding of an audit."""

    requirement: str
    severity: Severity
    due_on: dt.date


def enter_agent(authority: Authority, code: str, *, daily_cap: int | None = None, on: dt.date) -> UUID:
    """Enter an agent as a candidate, who may register nobody yet.

    Ledger: agents:agent:entered. Refuses: NotAllowed, AgentCodeNotRead, AgentCodeTaken.
    """
    role, agent_id = demand(authority, Power.ADMIT_AGENT), new_uuid()
    demand_code(code)
    cap = daily_cap or settings().agents_daily_cap
    with act():
        if Agent.objects.filter(code=code).exists():
            raise AgentCodeTaken(called=code)
        Agent.objects.create(
            agent_id=agent_id, code=code, state=AgentState.CANDIDATE.value, daily_cap=cap, entered_on=on
        )
        facts: dict[str, str | int] = {"agent": str(agent_id), "cap": cap}
        append_entry(authority, verb=Verb.AGENT_ENTERED, role=role, on=on, facts=facts)
    return agent_id


def show_requirement(
    authority: Authority, code: str, requirement: str, *, evidence: str, on: dt.date
) -> dt.date:
    """Attest that an agent meets a requirement, by the SHA-256 of what shows it; return the last day on which it counts.

    Ledger: agents:requirement:shown. Refuses: NotAllowed, AgentUnknown, RequirementUnknown, AgentNotInState.
    """
    role = demand(authority, Power.ADMIT_AGENT)
    renew_by = on + dt.timedelta(days=requirement_called(requirement).renew_days)
    with act():
        agent = locked_agent(code, unless=AgentState.ENDED)
        Met.objects.update_or_create(
            agent_id=agent.agent_id, requirement=requirement,
            defaults={"met_on": on, "renew_by": renew_by, "evidence": evidence, "attested_by": authority.staff_id},
        )  # fmt: skip
        append_entry(
            authority, verb=Verb.REQUIREMENT_SHOWN, role=role, on=on,
            facts={"agent": str(agent.agent_id), "evidence": evidence, "renew_by": renew_by.isoformat(),
                   "requirement": requirement},
        )  # fmt: skip
    return renew_by


def admit_agent(authority: Authority, code: str, *, on: dt.date) -> None:
    """Let an agent that meets every requirement register people.

    Ledger: agents:agent:admitted. Refuses: NotAllowed, AgentUnknown, AgentNotInState, RequirementsOpen.
    """
    role, pack = demand(authority, Power.ADMIT_AGENT), load_pack(settings().pack)
    with act():
        agent = locked_agent(code, only=AgentState.CANDIDATE)
        demand_requirements(agent, on=on)
        agent.state, agent.admitted_on = AgentState.ADMITTED.value, on
        agent.save()
        append_entry(
            authority, verb=Verb.AGENT_ADMITTED, role=role, on=on, pack=pack.hash, article=article_on_agents(),
            facts={"agent": str(agent.agent_id)},
        )  # fmt: skip


def audit_agent(authority: Authority, code: str, findings: Sequence[Found], *, on: dt.date) -> UUID:
    """Note an audit with what it found and by when each finding is to be mended; the next audit gets its day.

    Ledger: agents:agent:audited. Refuses: NotAllowed, AgentUnknown, AgentNotInState, RequirementUnknown.
    """
    role, audit_id = demand(authority, Power.ADMIT_AGENT), new_uuid()
    next_by = on + dt.timedelta(days=settings().agents_audit_within_days)
    for found in findings:
        requirement_called(found.requirement)
    with act():
        agent = locked_agent(code, unless=AgentState.ENDED)
        Audit.objects.create(
            audit_id=audit_id, agent_id=agent.agent_id, audited_on=on, audited_by=authority.staff_id, next_by=next_by
        )  # fmt: skip
        for found in findings:
            Finding.objects.create(
                finding_id=new_uuid(), audit_id=audit_id, agent_id=agent.agent_id, requirement=found.requirement,
                severity=found.severity.value, due_on=found.due_on,
            )  # fmt: skip
        major = sum(found.severity is Severity.MAJOR for found in findings)
        append_entry(
            authority, verb=Verb.AGENT_AUDITED, role=role, on=on,
            facts={"agent": str(agent.agent_id), "audit": str(audit_id), "major": major,
                   "minor": len(findings) - major, "next_by": next_by.isoformat()},
        )  # fmt: skip
    return audit_id


def mend_finding(authority: Authority, finding_id: UUID, *, on: dt.date) -> None:
    """Note that a finding is mended. Ledger: agents:finding:mended. Refuses: NotAllowed, FindingUnknown."""
    role = demand(authority, Power.ADMIT_AGENT)
    with act():
        finding = (
            Finding.objects.select_for_update().filter(finding_id=finding_id, mended_on__isnull=True).first()
        )
        if finding is None:
            raise FindingUnknown
        finding.mended_on = on
        finding.save()
        append_entry(
            authority, verb=Verb.FINDING_MENDED, role=role, on=on,
            facts={"agent": str(finding.agent_id), "finding": str(finding_id), "in_time": on <= finding.due_on},
        )  # fmt: skip


def locked_agent(code: str, *, only: AgentState | None = None, unless: AgentState | None = None) -> Agent:
    """Return an agent, locked until the act ends. Refuses: AgentUnknown, AgentNotInState."""
    agent = Agent.objects.select_for_update().filter(code=code).first()
    if agent is None:
        raise AgentUnknown
    state = AgentState(agent.state)
    if state is unless or only not in {None, state}:
        raise AgentNotInState(agent=code, state=state.value)
    return agent


def demand_requirements(agent: Agent, *, on: dt.date) -> None:
    """Let only an agent through that meets every requirement. Refuses: RequirementsOpen."""
    verdict = may_entrust(
        wanted=checklist().keys(), shown=shown_by(agent.agent_id), article=article_on_agents(), on=on
    )
    if isinstance(verdict, Refused):
        raise RequirementsOpen(agent=agent.code, article=verdict.article, requirements=verdict.reason)


def shown_by(agent_id: UUID) -> dict[str, dt.date]:
    """Return the last day on which each requirement counts as met."""
    return dict(Met.objects.filter(agent_id=agent_id).values_list("requirement", "renew_by"))


def demand_code(code: str) -> None:
    """Let only a reference through, so that nobody enters a name. Refuses: AgentCodeNotRead."""
    if not _CODE.fullmatch(code):
        raise AgentCodeNotRead
