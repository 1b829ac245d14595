# SPDX-License-Identifier: EUPL-1.2
"""Enter an agent, take its evidence, approve it, audit it. Outlets, accounts and devices are in `outlets.py`."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.agents.checklist import article_on_agents, checklist, requirement_called
from rollkeeper.agents.choices import AgentState, Severity
from rollkeeper.agents.errors import (
    AGENT_CODE_TAKEN,
    AGENT_NOT_IN_STATE,
    AGENT_UNKNOWN,
    FINDING_UNKNOWN,
    INVALID_AGENT_CODE,
    REQUIREMENTS_OPEN,
)
from rollkeeper.agents.models import Agent, Audit, Finding, RequirementMet
from rollkeeper.agents.rules import may_entrust
from rollkeeper.agents.settings import settings
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.law.acts import Act, pack_for
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

_CODE = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One finding of an audit."""

    requirement: str
    severity: Severity
    due_on: dt.date


def add_agent(authority: Authority, code: str, *, daily_limit: int | None = None, on: dt.date) -> UUID:
    """Add an agent as a candidate, which may not register people yet.

    Ledger: agents:agent:added. Refuses: NOT_ALLOWED, INVALID_AGENT_CODE, AGENT_CODE_TAKEN.
    """
    role, agent_id = require(authority, Permission.APPROVE_AGENT), new_uuid()
    require_code(code)
    limit = daily_limit or settings().daily_limit
    with action():
        lock_matter("agent", f"code {code}")  # two clicks at once: the second finds the first
        if Agent.objects.filter(code=code).exists():
            raise AGENT_CODE_TAKEN(called=code)
        Agent.objects.create(
            agent_id=agent_id, code=code, state=AgentState.CANDIDATE.value, daily_limit=limit, entered_on=on
        )
        facts: dict[str, str | int] = {"agent": str(agent_id), "limit": limit}
        append_entry(authority, verb=Verb.AGENT_ADDED, role=role, on=on, facts=facts)
    return agent_id


def attest_requirement(
    authority: Authority, code: str, requirement: str, *, evidence: str, on: dt.date
) -> dt.date:
    """Attest that an agent meets a requirement, by the SHA-256 of what shows it; return the last day on which it counts.

    Ledger: agents:requirement:attested. Refuses: NOT_ALLOWED, AGENT_UNKNOWN, REQUIREMENT_UNKNOWN, AGENT_NOT_IN_STATE.
    """
    role = require(authority, Permission.APPROVE_AGENT)
    renew_by = on + dt.timedelta(days=requirement_called(requirement).renew_days)
    with action():
        agent = locked_agent(code, unless=AgentState.TERMINATED)
        met = RequirementMet(
            agent_id=agent.agent_id, requirement=requirement, met_on=on, renew_by=renew_by, evidence=evidence,
            attested_by=authority.staff_id,
        )  # fmt: skip
        RequirementMet.objects.bulk_create(
            [met],
            update_conflicts=True,
            unique_fields=["agent_id", "requirement"],
            update_fields=["met_on", "renew_by", "evidence", "attested_by"],
        )
        append_entry(
            authority, verb=Verb.REQUIREMENT_ATTESTED, role=role, on=on,
            facts={"agent": str(agent.agent_id), "evidence": evidence, "renew_by": renew_by.isoformat(),
                   "requirement": requirement},
        )  # fmt: skip
    return renew_by


def approve_agent(authority: Authority, code: str, *, on: dt.date) -> None:
    """Let an agent that meets every requirement register people.

    Ledger: agents:agent:approved. Refuses: NOT_ALLOWED, AGENT_UNKNOWN, AGENT_NOT_IN_STATE, REQUIREMENTS_OPEN; and as `require_act`.
    """
    role, pack = require(authority, Permission.APPROVE_AGENT), pack_for(Act.ENTRUST, on=on)
    with action():
        agent = locked_agent(code, only=AgentState.CANDIDATE)
        require_requirements_met(agent, on=on)
        agent.state, agent.approved_on = AgentState.APPROVED.value, on
        agent.save()
        append_entry(
            authority, verb=Verb.AGENT_APPROVED, role=role, on=on, pack=pack.hash, article=article_on_agents(),
            facts={"agent": str(agent.agent_id)},
        )  # fmt: skip


def audit_agent(authority: Authority, code: str, findings: Sequence[AuditFinding], *, on: dt.date) -> UUID:
    """Record an audit, its findings and the day by which each must be remediated; the next audit gets its day.

    Ledger: agents:agent:audited. Refuses: NOT_ALLOWED, AGENT_UNKNOWN, AGENT_NOT_IN_STATE, REQUIREMENT_UNKNOWN.
    """
    role, audit_id = require(authority, Permission.APPROVE_AGENT), new_uuid()
    next_by = on + dt.timedelta(days=settings().audit_within_days)
    for found in findings:
        requirement_called(found.requirement)
    with action():
        agent = locked_agent(code, unless=AgentState.TERMINATED)
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


def remediate_finding(
    authority: Authority, finding_id: UUID, *, agent: str | None = None, on: dt.date
) -> None:
    """Note that a finding is remediated; with `agent`, only a finding of that agent.

    Ledger: agents:finding:remediated. Refuses: NOT_ALLOWED, FINDING_UNKNOWN.
    """
    role = require(authority, Permission.APPROVE_AGENT)
    with action():
        finding = (
            Finding.objects.select_for_update()
            .filter(finding_id=finding_id, remediated_on__isnull=True)
            .first()
        )
        if finding is None or not is_of_agent(finding.agent_id, agent):
            raise FINDING_UNKNOWN()
        finding.remediated_on = on
        finding.save()
        append_entry(
            authority, verb=Verb.FINDING_REMEDIATED, role=role, on=on,
            facts={"agent": str(finding.agent_id), "finding": str(finding_id), "in_time": on <= finding.due_on},
        )  # fmt: skip


def locked_agent(code: str, *, only: AgentState | None = None, unless: AgentState | None = None) -> Agent:
    """Return an agent, locked until the act ends. Refuses: AGENT_UNKNOWN, AGENT_NOT_IN_STATE."""
    agent = Agent.objects.select_for_update().filter(code=code).first()
    if agent is None:
        raise AGENT_UNKNOWN()
    state = AgentState(agent.state)
    if state is unless or only not in {None, state}:
        raise AGENT_NOT_IN_STATE(agent=code, state=state.value)
    return agent


def is_of_agent(agent_id: UUID, agent: str | None) -> bool:
    """Tell whether an agent's reference and code belong together; True if no code is given."""
    return agent is None or Agent.objects.filter(agent_id=agent_id, code=agent).exists()


def require_requirements_met(agent: Agent, *, on: dt.date) -> None:
    """Require that an agent meets every requirement. Refuses: REQUIREMENTS_OPEN."""
    verdict = may_entrust(
        wanted=checklist().keys(),
        shown=valid_requirements(agent.agent_id),
        article=article_on_agents(),
        on=on,
    )
    if isinstance(verdict, Refused):
        raise REQUIREMENTS_OPEN(agent=agent.code, article=verdict.article, requirements=verdict.reason)


def valid_requirements(agent_id: UUID) -> dict[str, dt.date]:
    """Return the last day on which each requirement counts as met."""
    return dict(RequirementMet.objects.filter(agent_id=agent_id).values_list("requirement", "renew_by"))


def require_code(code: str) -> None:
    """Accept only a reference, so that no name is entered. Refuses: INVALID_AGENT_CODE."""
    if not _CODE.fullmatch(code):
        raise INVALID_AGENT_CODE()
