# SPDX-License-Identifier: EUPL-1.2
"""Reads of this package: whether an account may register people here and now; the state of one agent; the open cases.

No query compares agents: each is shown alone, in the order of its code.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.agents import errors
from rollkeeper.agents.checklist import article_on_agents, checklist, legal_daily_limit
from rollkeeper.agents.choices import AgentState, Pattern, Severity
from rollkeeper.agents.models import Agent, AgentRegistration, Assignment, Audit, Device, Finding, Outlet
from rollkeeper.agents.rules import Situation, format_hours, may_entrust
from rollkeeper.agents.rules import may_register as decide
from rollkeeper.agents.services import valid_requirements
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import prepared_rows, rows, sql
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import EntryId, LineId, StaffId
from rollkeeper.law.rules import Refused

OF_AGENT = "EXISTS (SELECT FROM agents_assignment t WHERE t.staff_id = s.staff_id)"
"""SQL condition: the account `s` of the statement is an agent's."""


@dataclass(frozen=True, slots=True)
class ActiveAssignment:
    """An account at its outlet: the references for a registration there, how many the agent made today, and its daily limit."""

    agent_id: UUID
    agent: str
    outlet_id: UUID
    outlet: str
    device_id: UUID | None
    staff_id: StaffId
    taken: int
    limit: int
    is_suspended: bool = False
    """The agent was suspended since: a registration that was recorded offline before is flagged."""


@dataclass(frozen=True, slots=True)
class RequirementView:
    """One line of the checklist: the last day on which its evidence counts, None where none was shown."""

    requirement: str
    renew_by: dt.date | None
    is_met: bool


@dataclass(frozen=True, slots=True)
class FindingView:
    """One open finding."""

    finding_id: UUID
    requirement: str
    severity: Severity
    due_on: dt.date
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class OutletView:
    """One open outlet."""

    code: str
    hours: str
    needs_device: bool
    devices: int
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """An agent's activity, for the agent itself and for staff who view it alone."""

    today: int
    limit: int
    in_window: int
    flagged_in_window: int
    images_today: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """One open case: about which agent and line, and what is unusual."""

    case_id: UUID
    agent: str
    outlet: str
    line_id: LineId | None
    pattern: Pattern
    opened_on: dt.date


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent in a list: its state and the next due day. No figures."""

    code: str
    state: AgentState
    next_due: dt.date | None
    open_cases: int
    known_by: tuple[str, ...]
    """The codes of its open outlets, and the user names of those who work there."""


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent, alone."""

    agent_id: UUID
    code: str
    state: AgentState
    approved_on: dt.date | None
    suspended_on: dt.date | None
    suspended_because: str | None
    requirements: tuple[RequirementView, ...]
    audited_on: dt.date | None
    audit_by: dt.date | None
    findings: tuple[FindingView, ...]
    outlets: tuple[OutletView, ...]
    cases: tuple[CaseView, ...]
    reverifications: int
    figures: Figures


def may_register(
    authority: Authority, *, devices: Collection[int], at: dt.datetime, late: bool = False
) -> ActiveAssignment | None:
    """Return the outlet where an account may register people now; None for an account of the operator's own.

    `devices` are the passkeys used to sign in (`mfa_authenticator.id`). An offline registration submitted `late` is not checked
    against the hours, nor against a later suspension: it is flagged for a supervisor instead. The device was checked when the page
    got its ticket. Refuses: NO_ASSIGNMENT, AGENT_MAY_NOT_REGISTER, DEVICE_NOT_REGISTERED, OutletClosed, DailyLimitReached.
    """
    there = _current_assignment(authority, at=at, late=late)
    if there is None:
        return None
    agent, outlet = there
    device = Device.objects.filter(
        outlet_id=outlet.outlet_id, authenticator_id__in=list(devices), removed_on__isnull=True
    ).first()
    on = clock.local_day(at)
    situation = _situation(agent, outlet, has_device=late or device is not None, on=on)
    if late and agent.suspended_on and on < agent.suspended_on:
        situation = replace(situation, state=AgentState.APPROVED)
    verdict = decide(situation, at=at.astimezone(clock.zone()))
    if isinstance(verdict, Refused) and not (late and verdict.reason == errors.OutletClosed.code):
        raise _refusal(verdict, agent=agent, outlet=outlet, limit=situation.limit)
    return ActiveAssignment(
        agent.agent_id, agent.code, outlet.outlet_id, outlet.code, device.device_id if device else None,
        StaffId(authority.staff_id), situation.taken, situation.limit, agent.state != AgentState.APPROVED,  # type: ignore[arg-type]
    )  # fmt: skip


def require_own_device(authority: Authority, *, devices: Collection[int]) -> None:
    """Require that an agent's account submits offline registrations on a device of its outlet: a ticket can be copied elsewhere.

    Only the device is checked, of the account's last outlet. Whether the agent may register people, `may_register` decides for the time
    of each registration. Refuses: DEVICE_NOT_REGISTERED.
    """
    if authority.staff_id is None or not is_agent_account(authority):
        return
    last = Assignment.objects.filter(staff_id=authority.staff_id).order_by("-since", "-assignment_id")[:1]
    for outlet in Outlet.objects.filter(outlet_id__in=last.values("outlet_id"), needs_device=True):
        known = Device.objects.filter(outlet_id=outlet.outlet_id, removed_on__isnull=True)
        if not known.filter(authenticator_id__in=list(devices)).exists():
            raise errors.DEVICE_NOT_REGISTERED(outlet=outlet.code)


def own_figures(authority: Authority, *, on: dt.date, window_days: int) -> Figures | None:
    """Return the figures of the agent at whose outlet the account works; None for an account of the operator's own."""
    there = _current_assignment(authority, at=clock.now())
    return _figures(there[0], on=on, window_days=window_days) if there else None


def own_agent(authority: Authority, *, on: dt.date, window_days: int) -> AgentView | None:
    """Return the agent at whose outlet the account works, and no other."""
    there = _current_assignment(authority, at=clock.now())
    return _view(there[0], on=on, window_days=window_days) if there else None


def agent_called(code: str, *, on: dt.date, window_days: int) -> AgentView:
    """Return one agent. Refuses: AGENT_UNKNOWN."""
    agent = Agent.objects.filter(code=code).first()
    if agent is None:
        raise errors.AGENT_UNKNOWN()
    return _view(agent, on=on, window_days=window_days)


def accounts_of(code: str) -> list[StaffId]:
    """Return every account that was ever assigned to an outlet of an agent, closed ones too. Refuses: AGENT_UNKNOWN."""
    agent = Agent.objects.filter(code=code).first()
    if agent is None:
        raise errors.AGENT_UNKNOWN()
    outlets = Outlet.objects.filter(agent_id=agent.agent_id).values("outlet_id")
    assigned = Assignment.objects.filter(outlet_id__in=outlets).order_by("staff_id").distinct()
    return [StaffId(one) for one in assigned.values_list("staff_id", flat=True)]


def concerned_by(code: str, *, on: dt.date) -> tuple[int, int]:
    """Return how many open accounts work for an agent now, and how many living lines it registered. Refuses: AGENT_UNKNOWN."""
    agent = Agent.objects.filter(code=code).first()
    if agent is None:
        raise errors.AGENT_UNKNOWN()
    (found,) = rows(sql("agents", "concerned"), {"agent": agent.agent_id, "on": on})
    return found.accounts, found.lines


def agent_list() -> list[AgentRow]:
    """Return every agent in the order of its code, without a figure that would allow a ranking."""
    return [
        AgentRow(row.code, AgentState(row.state), row.next_due, row.open_cases, tuple(row.known_by))
        for row in rows(sql("agents", "agent_list"))
    ]


def open_cases(agent_id: UUID | None = None) -> list[CaseView]:
    """Return the open cases, the oldest first."""
    return [
        CaseView(row.case_id, row.agent, row.outlet or "", row.line_id and LineId(row.line_id), Pattern(row.pattern),
                 row.opened_on)
        for row in rows(sql("agents", "open_cases"), {"agent": agent_id})
    ]  # fmt: skip


def is_agent_account(authority: Authority) -> bool:
    """Tell whether an account works, worked or will work at an agent's outlet. This package does nothing for the operator's own accounts."""
    if authority.is_of_agent is not None:
        return authority.is_of_agent
    return bool(
        prepared_rows("SELECT FROM agents_assignment WHERE staff_id = %s LIMIT 1", [authority.staff_id])
    )


def is_of_same_agent(one: StaffId, another: StaffId) -> bool:
    """Tell whether two accounts work, worked or will work at outlets of one agent."""
    outlets = [
        Outlet.objects.filter(outlet_id__in=Assignment.objects.filter(staff_id=staff_id).values("outlet_id"))
        for staff_id in (one, another)
    ]
    return outlets[0].filter(agent_id__in=outlets[1].values("agent_id")).exists()


def is_of_own_outlet(
    authority: Authority, *, entry_id: EntryId | None = None, submitted_by: UUID | None = None
) -> bool:
    """Tell whether an account may read the result of a registration (`entry_id`), or of what an account submitted (`submitted_by`).

    An agent's account reads only those of its own outlet; an account of the operator's own reads all.
    """
    if not is_agent_account(authority):
        return True
    there = _current_assignment(authority, at=clock.now())
    if there is None:
        return False
    here = {"outlet_id": there[1].outlet_id}
    if submitted_by is not None:
        return Assignment.objects.filter(staff_id=submitted_by, **here).exists()
    return entry_id is not None and AgentRegistration.objects.filter(entry_id=entry_id, **here).exists()


def staff_of_own_agent(authority: Authority) -> list[UUID] | None:
    """Return the accounts at the outlets of this account's agent; None for an account of the operator's own, which has no agent."""
    if authority.staff_id is None or not is_agent_account(authority):
        return None
    on = clock.today()
    current = Assignment.objects.filter(since__lte=on).exclude(until__lt=on)
    theirs = current.filter(staff_id=authority.staff_id).exclude(until__lte=on)
    own = Outlet.objects.filter(outlet_id__in=theirs.values("outlet_id"))
    outlets = Outlet.objects.filter(agent_id__in=own.values("agent_id")).values("outlet_id")
    return list(current.filter(outlet_id__in=outlets).values_list("staff_id", flat=True))


def _current_assignment(
    authority: Authority, *, at: dt.datetime, late: bool = False
) -> tuple[Agent, Outlet] | None:
    """Return where an account works. On the day of its removal, only what was recorded offline (`late`) still counts."""
    if authority.staff_id is None or not is_agent_account(authority):
        return None
    on = clock.local_day(at)
    assignments = Assignment.objects.filter(staff_id=authority.staff_id, since__lte=on).order_by(
        "-since", "-assignment_id"
    )
    assignment = next(
        (one for one in assignments if one.until is None or one.until > on or (late and one.until == on)),
        None,
    )
    if assignment is None:
        # After removal from an outlet, an agent's account cannot register people.
        raise errors.NO_ASSIGNMENT(article=article_on_agents())
    outlet = Outlet.objects.get(outlet_id=assignment.outlet_id)
    return Agent.objects.get(agent_id=outlet.agent_id), outlet


def _situation(agent: Agent, outlet: Outlet, *, has_device: bool, on: dt.date) -> Situation:
    article = article_on_agents()
    entrust = may_entrust(
        wanted=checklist().keys(), shown=valid_requirements(agent.agent_id), article=article, on=on
    )
    overdue = Finding.objects.filter(
        agent_id=agent.agent_id, severity=Severity.MAJOR.value, remediated_on__isnull=True, due_on__lt=on
    )
    return Situation(
        state=AgentState(agent.state), missing_requirements=entrust.reason.split(", ") if isinstance(entrust, Refused) else (),
        is_overdue=overdue.exists(), is_outlet_closed=outlet.closed_on is not None, hours=outlet.hours,
        needs_device=outlet.needs_device, has_device=has_device, taken=registrations_on(agent.agent_id, on), limit=daily_limit_of(agent),
        article=article,
    )  # fmt: skip


def registrations_on(agent_id: UUID, on: dt.date) -> int:
    """Return how many an agent registered on a day."""
    return AgentRegistration.objects.filter(agent_id=agent_id, day=on).count()


def daily_limit_of(agent: Agent) -> int:
    """Return the most that an agent may register in a day: its own limit, or the law's where that is less."""
    return min(agent.daily_limit, legal_daily_limit() or agent.daily_limit)


def _refusal(verdict: Refused, *, agent: Agent, outlet: Outlet, limit: int) -> RollkeeperError:
    match verdict.reason:
        case errors.DEVICE_NOT_REGISTERED.code:
            return errors.DEVICE_NOT_REGISTERED(outlet=outlet.code)
        case errors.OutletClosed.code:
            return errors.OutletClosed(outlet=outlet.code)
        case errors.DailyLimitReached.code:
            return errors.DailyLimitReached(agent=agent.code, limit=limit)
        case _:
            return errors.AGENT_MAY_NOT_REGISTER(agent=agent.code, article=verdict.article)


def _figures(agent: Agent, *, on: dt.date, window_days: int) -> Figures:
    (found,) = rows(
        sql("agents", "figures"),
        {"agent": agent.agent_id, "on": on, "since": on - dt.timedelta(days=window_days - 1)},
    )
    return Figures(
        found.today, daily_limit_of(agent), found.in_window, found.flagged_in_window, found.images_today
    )


def _view(agent: Agent, *, on: dt.date, window_days: int) -> AgentView:
    shown = valid_requirements(agent.agent_id)
    newest = Audit.objects.filter(agent_id=agent.agent_id).order_by("-audited_on", "-audit_id").first()
    findings = Finding.objects.filter(agent_id=agent.agent_id, remediated_on__isnull=True).order_by("due_on")
    return AgentView(
        agent.agent_id, agent.code, AgentState(agent.state), agent.approved_on, agent.suspended_on,
        agent.suspended_because,
        tuple(
            RequirementView(name, shown.get(name), shown.get(name, dt.date.min) >= on) for name in checklist()
        ),
        newest.audited_on if newest else None, newest.next_by if newest else None,
        tuple(
            FindingView(f.finding_id, f.requirement, Severity(f.severity), f.due_on, f.due_on < on) for f in findings
        ),
        tuple(
            OutletView(p.code, format_hours(p.hours), p.needs_device, p.devices, tuple(p.accounts))
            for p in rows(sql("agents", "outlets"), {"agent": agent.agent_id})
        ),
        tuple(open_cases(agent.agent_id)), _open_rechecks(agent.agent_id),
        _figures(agent, on=on, window_days=window_days),
    )  # fmt: skip


def _open_rechecks(agent_id: UUID) -> int:
    found = rows(
        "SELECT count(*) AS open FROM agents_reverification WHERE agent_id = %s AND settled_on IS NULL",
        [agent_id],
    )
    return int(found[0].open)


__all__ = [
    "ActiveAssignment",
    "AgentRow",
    "AgentView",
    "CaseView",
    "Figures",
    "agent_called",
    "agent_list",
    "daily_limit_of",
    "may_register",
    "open_cases",
    "own_agent",
    "own_figures",
    "registrations_on",
]  # fmt: skip
