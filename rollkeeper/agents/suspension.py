# SPDX-License-Identifier: EUPL-1.2
"""Suspend an agent at once, reinstate it, terminate it. The agent's accounts close in the same transaction, signed in or not.

The agent's registrations remain valid until the contrary is shown. If the reason is fraud, the subscriber of each of its lines is
asked to confirm, and no line is suspended for it (`reverification.py`).
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import close_accounts, open_accounts
from rollkeeper.agents.choices import AgentState, SuspensionCause
from rollkeeper.agents.errors import AGENT_NOT_IN_STATE
from rollkeeper.agents.models import Agent
from rollkeeper.agents.registrations import lock_registrations
from rollkeeper.agents.reverification import start_reverifications
from rollkeeper.agents.services import locked_agent, require_requirements_met
from rollkeeper.kernel.database import action, rows, without_timeout
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

ASSIGNED = """\
SELECT DISTINCT t.staff_id
  FROM agents_assignment t JOIN agents_outlet p USING (outlet_id)
 WHERE p.agent_id = %s AND (t.until IS NULL OR t.until >= %s)"""
STILL_ASSIGNED = """\
SELECT DISTINCT t.staff_id
  FROM agents_assignment t JOIN agents_outlet p USING (outlet_id)
 WHERE p.agent_id = %s AND t.until IS NULL"""


@dataclass(frozen=True, slots=True)
class Suspended:
    """The result of a suspension: closed accounts, and lines to be confirmed."""

    accounts: int
    lines: int


def suspend_agent(authority: Authority, code: str, because: SuspensionCause, *, on: dt.date) -> Suspended:
    """Suspend an agent at once: it cannot register people from now, and its accounts are closed.

    For fraud, every current line that it registered gets a notice and its own period to be confirmed; no line is suspended. An
    agent that is already suspended can still be suspended for fraud that is found later. Ledger: agents:agent:suspended,
    access:staff:suspended, agents:reverification:started. Refuses: NOT_ALLOWED, AGENT_UNKNOWN, AGENT_NOT_IN_STATE.
    """
    role = require(authority, Permission.SUSPEND_AGENT)
    with action(), without_timeout():
        agent = locked_agent(code, unless=AgentState.TERMINATED)
        if agent.state == AgentState.SUSPENDED and because is not SuspensionCause.FRAUD:
            raise AGENT_NOT_IN_STATE(agent=code, state=agent.state)
        lock_registrations(agent.agent_id)
        closed = close_accounts(
            authority, _assigned(agent, on=on), permission=Permission.SUSPEND_AGENT, on=on
        )
        agent.state, agent.suspended_on, agent.suspended_because = (
            AgentState.SUSPENDED.value, agent.suspended_on or on, because.value,
        )  # fmt: skip
        agent.closed_accounts = [*agent.closed_accounts, *closed]
        agent.save(update_fields=["state", "suspended_on", "suspended_because", "closed_accounts"])
        lines = (
            start_reverifications(authority, agent_id=agent.agent_id, role=role, on=on)
            if because is SuspensionCause.FRAUD
            else 0
        )
        append_entry(
            authority, verb=Verb.AGENT_SUSPENDED, role=role, on=on,
            facts={"accounts": len(closed), "agent": str(agent.agent_id), "because": because.value, "lines": lines},
        )  # fmt: skip
    return Suspended(len(closed), lines)


def reinstate_agent(authority: Authority, code: str, *, on: dt.date) -> int:
    """Let a suspended agent that meets every requirement go on, and open the accounts that its suspension closed.

    An account that was removed from its outlet meanwhile stays closed. Reverifications that were started go on.
    Ledger: agents:agent:reinstated, access:staff:reinstated.
    Refuses: NOT_ALLOWED, AGENT_UNKNOWN, AGENT_NOT_IN_STATE, REQUIREMENTS_OPEN, NOT_FOR_OWN_ACCOUNT.
    """
    role = require(authority, Permission.APPROVE_AGENT)
    with action():
        agent = locked_agent(code, only=AgentState.SUSPENDED)
        require_requirements_met(agent, on=on)
        still = {StaffId(row.staff_id) for row in rows(STILL_ASSIGNED, [agent.agent_id])}
        opened = open_accounts(
            authority,
            [StaffId(one) for one in agent.closed_accounts if one in still],
            permission=Permission.APPROVE_AGENT,
            on=on,
        )
        agent.state = (AgentState.APPROVED if agent.approved_on else AgentState.CANDIDATE).value
        agent.suspended_on, agent.suspended_because, agent.closed_accounts = None, None, []
        agent.save()
        facts: dict[str, str | int] = {"accounts": len(opened), "agent": str(agent.agent_id)}
        append_entry(authority, verb=Verb.AGENT_REINSTATED, role=role, on=on, facts=facts)
    return len(opened)


def terminate_agent(authority: Authority, code: str, *, on: dt.date) -> int:
    """Terminate an agent permanently: its accounts close; its registrations remain valid.

    Ledger: agents:agent:terminated, access:staff:suspended. Refuses: NOT_ALLOWED, AGENT_UNKNOWN, AGENT_NOT_IN_STATE.
    """
    role = require(authority, Permission.APPROVE_AGENT)
    with action():
        agent = locked_agent(code, unless=AgentState.TERMINATED)
        lock_registrations(agent.agent_id)
        closed = close_accounts(
            authority, _assigned(agent, on=on), permission=Permission.APPROVE_AGENT, on=on
        )
        agent.state, agent.suspended_on, agent.suspended_because = AgentState.TERMINATED.value, None, None
        agent.closed_accounts = []
        agent.save()
        facts: dict[str, str | int] = {"accounts": len(closed), "agent": str(agent.agent_id)}
        append_entry(authority, verb=Verb.AGENT_TERMINATED, role=role, on=on, facts=facts)
    return len(closed)


def _assigned(agent: Agent, *, on: dt.date) -> Sequence[StaffId]:
    return [StaffId(row.staff_id) for row in rows(ASSIGNED, [agent.agent_id, on])]
