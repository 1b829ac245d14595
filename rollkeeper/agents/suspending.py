# SPDX-License-Identifier: EUPL-1.2
"""Suspend an agent at once, open it again, end it. The agent's accounts close in the same transaction, whoever is signed in.

What the agent registered stays good until somebody shows otherwise. Where the reason is fraud, each of its lines is asked
for anew, and none is cut off for it (`rechecking.py`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.access.acts import close_accounts, open_accounts
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.agents.acts import demand_requirements, locked_agent
from rollkeeper.agents.capturing import lock_captures
from rollkeeper.agents.errors import AgentNotInState
from rollkeeper.agents.kinds import AgentState, Because
from rollkeeper.agents.models import Agent
from rollkeeper.agents.rechecking import begin_rechecks
from rollkeeper.kernel.database import act, patient, rows
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb

POSTED = """\
SELECT DISTINCT t.staff_id
  FROM agents_post t JOIN agents_place p USING (place_id)
 WHERE p.agent_id = %s AND (t.until IS NULL OR t.until >= %s)"""


@dataclass(frozen=True, slots=True)
class Suspended:
    """What a suspension did: accounts that it closed, lines that are asked for anew."""

    accounts: int
    lines: int


def suspend_agent(authority: Authority, code: str, because: Because, *, on: dt.date) -> Suspended:
    """Suspend an agent at once: nobody of it registers anybody from now, and its accounts are closed.

    For fraud, every living line that it registered gets a notice and its own days to be confirmed; none is cut off. An agent
    that is suspended already is suspended for fraud all the same, where that is found out later.
    Ledger: agents:agent:suspended, access:staff:suspended, agents:recheck:begun.
    Refuses: NotAllowed, AgentUnknown, AgentNotInState.
    """
    role = demand(authority, Power.SUSPEND_AGENT)
    with act(), patient():
        agent = locked_agent(code, unless=AgentState.ENDED)
        if agent.state == AgentState.SUSPENDED and because is not Because.FRAUD:
            raise AgentNotInState(agent=code, state=agent.state)
        lock_captures(agent.agent_id)
        closed = close_accounts(authority, _posted(agent, on=on), power=Power.SUSPEND_AGENT, on=on)
        agent.state, agent.suspended_on, agent.suspended_because = (
            AgentState.SUSPENDED.value, agent.suspended_on or on, because.value,
        )  # fmt: skip
        agent.closed_accounts = [*agent.closed_accounts, *closed]
        agent.save()
        lines = (
            begin_rechecks(authority, agent_id=agent.agent_id, role=role, on=on)
            if because is Because.FRAUD
            else 0
        )
        append_entry(
            authority, verb=Verb.AGENT_SUSPENDED, role=role, on=on,
            facts={"accounts": len(closed), "agent": str(agent.agent_id), "because": because.value, "lines": lines},
        )  # fmt: skip
    return Suspended(len(closed), lines)


def reinstate_agent(authority: Authority, code: str, *, on: dt.date) -> int:
    """Let a suspended agent that meets every requirement go on, and open the accounts that its suspension closed.

    Rechecks that were begun go on. Ledger: agents:agent:reinstated, access:staff:reinstated.
    Refuses: NotAllowed, AgentUnknown, AgentNotInState, RequirementsOpen, NotForOneself.
    """
    role = demand(authority, Power.ADMIT_AGENT)
    with act():
        agent = locked_agent(code, only=AgentState.SUSPENDED)
        demand_requirements(agent, on=on)
        opened = open_accounts(
            authority, [StaffId(one) for one in agent.closed_accounts], power=Power.ADMIT_AGENT, on=on
        )
        agent.state = (AgentState.ADMITTED if agent.admitted_on else AgentState.CANDIDATE).value
        agent.suspended_on, agent.suspended_because, agent.closed_accounts = None, None, []
        agent.save()
        facts: dict[str, str | int] = {"accounts": len(opened), "agent": str(agent.agent_id)}
        append_entry(authority, verb=Verb.AGENT_REINSTATED, role=role, on=on, facts=facts)
    return len(opened)


def end_agent(authority: Authority, code: str, *, on: dt.date) -> int:
    """End the work with an agent for good: its accounts close; what it registered stays good.

    Ledger: agents:agent:ended, access:staff:suspended. Refuses: NotAllowed, AgentUnknown, AgentNotInState.
    """
    role = demand(authority, Power.ADMIT_AGENT)
    with act():
        agent = locked_agent(code, unless=AgentState.ENDED)
        lock_captures(agent.agent_id)
        closed = close_accounts(authority, _posted(agent, on=on), power=Power.ADMIT_AGENT, on=on)
        agent.state, agent.suspended_on, agent.suspended_because = AgentState.ENDED.value, None, None
        agent.closed_accounts = []
        agent.save()
        facts: dict[str, str | int] = {"accounts": len(closed), "agent": str(agent.agent_id)}
        append_entry(authority, verb=Verb.AGENT_ENDED, role=role, on=on, facts=facts)
    return len(closed)


def _posted(agent: Agent, *, on: dt.date) -> Sequence[StaffId]:
    return [StaffId(row.staff_id) for row in rows(POSTED, [agent.agent_id, on])]
