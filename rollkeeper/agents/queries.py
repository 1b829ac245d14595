# SPDX-License-Identifier: EUPL-1.2
"""Reads of this room: whether somebody may register people here and now; how one agent stands; the open cases.

No query compares agents: each is shown alone, in the order of its code.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from rollkeeper.access.authority import Authority
from rollkeeper.agents import errors
from rollkeeper.agents.acts import shown_by
from rollkeeper.agents.checklist import article_on_agents, cap_by_law, checklist
from rollkeeper.agents.kinds import AgentState, Pattern, Severity
from rollkeeper.agents.models import Agent, Audit, Device, Finding, Place, Post, Taken
from rollkeeper.agents.rules import Situation, may_entrust, say_hours
from rollkeeper.agents.rules import may_capture as decide
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import kept_rows, rows, sql
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId, StaffId
from rollkeeper.law.rules import Refused


@dataclass(frozen=True, slots=True)
class AtPlace:
    """An account at its place: what a registration there carries, and how many the agent may still make today."""

    agent_id: UUID
    agent: str
    place_id: UUID
    place: str
    device_id: UUID | None
    staff_id: StaffId
    taken: int
    cap: int
    is_suspended: bool = False
    """Suspended since: what was taken down before is held."""


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
class PlaceView:
    """One open place."""

    code: str
    hours: str
    needs_device: bool
    devices: int
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """What an agent did, for the agent itself and for whoever looks at it alone."""

    today: int
    cap: int
    in_window: int
    held_in_window: int
    pictures_today: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """One open case: about which agent and line, and what is unusual."""

    case_id: UUID
    agent: str
    place: str
    line_id: LineId | None
    pattern: Pattern
    opened_on: dt.date


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent in a list: how it stands and the next day on which something is due. No figures."""

    code: str
    state: AgentState
    next_due: dt.date | None
    open_cases: int


@dataclass(frozen=True, slots=True)
class AgentView:
    """One agent, alone."""

    agent_id: UUID
    code: str
    state: AgentState
    admitted_on: dt.date | None
    suspended_on: dt.date | None
    suspended_because: str | None
    requirements: tuple[RequirementView, ...]
    audited_on: dt.date | None
    audit_by: dt.date | None
    findings: tuple[FindingView, ...]
    places: tuple[PlaceView, ...]
    cases: tuple[CaseView, ...]
    rechecks: int
    figures: Figures


def may_capture(
    authority: Authority, *, devices: Collection[int], at: dt.datetime, late: bool = False
) -> AtPlace | None:
    """Return the place where somebody may register people now; None for an account of the operator's own.

    `devices` are the passkeys with which they signed in (`mfa_authenticator.id`). What was taken down without a network and
    is handed in `late` is no more held against the hours, nor against a suspension that came after it: it is held for a
    supervisor instead. The device was asked for when the page that took it down was given its ticket.
    Refuses: NoPostNow, AgentMayNotCapture, DeviceNotEnrolled, PlaceClosed, CapReached.
    """
    there = _post(authority, at=at)
    if there is None:
        return None
    agent, place = there
    device = Device.objects.filter(
        place_id=place.place_id, authenticator_id__in=list(devices), ended_on__isnull=True
    ).first()
    on = at.astimezone(clock.zone()).date()
    situation = _situation(agent, place, has_device=late or device is not None, on=on)
    if late and agent.suspended_on and on < agent.suspended_on:
        situation = replace(situation, state=AgentState.ADMITTED)
    verdict = decide(situation, at=at.astimezone(clock.zone()))
    if isinstance(verdict, Refused) and not (late and verdict.reason == errors.PlaceClosed.code):
        raise _refusal(verdict, agent=agent, place=place, cap=situation.cap)
    return AtPlace(
        agent.agent_id, agent.code, place.place_id, place.code, device.device_id if device else None,
        StaffId(authority.staff_id), situation.taken, situation.cap, agent.state != AgentState.ADMITTED,  # type: ignore[arg-type]
    )  # fmt: skip


def own_figures(authority: Authority, *, on: dt.date, window_days: int) -> Figures | None:
    """Return the figures of the agent at whose place somebody works; None for an account of the operator's own."""
    there = _post(authority, at=clock.now())
    return _figures(there[0], on=on, window_days=window_days) if there else None


def own_agent(authority: Authority, *, on: dt.date, window_days: int) -> AgentView | None:
    """Return the agent at whose place somebody works, and no other."""
    there = _post(authority, at=clock.now())
    return _view(there[0], on=on, window_days=window_days) if there else None


def agent_called(code: str, *, on: dt.date, window_days: int) -> AgentView:
    """Return one agent. Refuses: AgentUnknown."""
    agent = Agent.objects.filter(code=code).first()
    if agent is None:
        raise errors.AgentUnknown
    return _view(agent, on=on, window_days=window_days)


def accounts_of(code: str) -> list[StaffId]:
    """Return every account that was ever posted at a place of an agent, closed ones too. Refuses: AgentUnknown."""
    agent = Agent.objects.filter(code=code).first()
    if agent is None:
        raise errors.AgentUnknown
    places = Place.objects.filter(agent_id=agent.agent_id).values("place_id")
    posted = Post.objects.filter(place_id__in=places).order_by("staff_id").distinct()
    return [StaffId(one) for one in posted.values_list("staff_id", flat=True)]


def agent_list() -> list[AgentRow]:
    """Return every agent in the order of its code, without a figure by which one could be set above another."""
    return [
        AgentRow(row.code, AgentState(row.state), row.next_due, row.open_cases)
        for row in rows(sql("agents", "agent_list"))
    ]


def open_cases(agent_id: UUID | None = None) -> list[CaseView]:
    """Return the open cases, the oldest first."""
    return [
        CaseView(row.case_id, row.agent, row.place or "", row.line_id and LineId(row.line_id), Pattern(row.pattern),
                 row.opened_on)
        for row in rows(sql("agents", "open_cases"), {"agent": agent_id})
    ]  # fmt: skip


def is_an_agents(authority: Authority) -> bool:
    """Tell whether an account works, worked or will work at an agent's place. For the operator's own this room does nothing."""
    return bool(kept_rows("SELECT FROM agents_post WHERE staff_id = %s LIMIT 1", [authority.staff_id]))


def _post(authority: Authority, *, at: dt.datetime) -> tuple[Agent, Place] | None:
    if authority.staff_id is None or not is_an_agents(authority):
        return None
    on = at.astimezone(clock.zone()).date()
    posts = Post.objects.filter(staff_id=authority.staff_id, since__lte=on).order_by("-since", "-post_id")
    post = next((one for one in posts if one.until is None or one.until >= on), None)
    if post is None:
        # Once an agent's, never the operator's own: who was taken away from a place registers nobody anywhere.
        raise errors.NoPostNow(article=article_on_agents())
    place = Place.objects.get(place_id=post.place_id)
    return Agent.objects.get(agent_id=place.agent_id), place


def _situation(agent: Agent, place: Place, *, has_device: bool, on: dt.date) -> Situation:
    article = article_on_agents()
    entrust = may_entrust(wanted=checklist().keys(), shown=shown_by(agent.agent_id), article=article, on=on)
    overdue = Finding.objects.filter(
        agent_id=agent.agent_id, severity=Severity.MAJOR.value, mended_on__isnull=True, due_on__lt=on
    )
    return Situation(
        state=AgentState(agent.state), not_shown=entrust.reason.split(", ") if isinstance(entrust, Refused) else (),
        is_overdue=overdue.exists(), is_place_closed=place.closed_on is not None, hours=place.hours,
        needs_device=place.needs_device, has_device=has_device, taken=taken_on(agent.agent_id, on), cap=cap_of(agent),
        article=article,
    )  # fmt: skip


def taken_on(agent_id: UUID, on: dt.date) -> int:
    """Return how many an agent registered on a day."""
    return Taken.objects.filter(agent_id=agent_id, day=on).count()


def cap_of(agent: Agent) -> int:
    """Return the most that an agent may register in a day: its own cap, or the law's where that is less."""
    return min(agent.daily_cap, cap_by_law() or agent.daily_cap)


def _refusal(verdict: Refused, *, agent: Agent, place: Place, cap: int) -> RollkeeperError:
    match verdict.reason:
        case errors.DeviceNotEnrolled.code:
            return errors.DeviceNotEnrolled(place=place.code)
        case errors.PlaceClosed.code:
            return errors.PlaceClosed(place=place.code)
        case errors.CapReached.code:
            return errors.CapReached(agent=agent.code, cap=cap)
        case _:
            return errors.AgentMayNotCapture(agent=agent.code, article=verdict.article)


def _figures(agent: Agent, *, on: dt.date, window_days: int) -> Figures:
    (found,) = rows(
        sql("agents", "figures"),
        {"agent": agent.agent_id, "on": on, "since": on - dt.timedelta(days=window_days - 1)},
    )
    return Figures(found.today, cap_of(agent), found.in_window, found.held_in_window, found.pictures_today)


def _view(agent: Agent, *, on: dt.date, window_days: int) -> AgentView:
    shown = shown_by(agent.agent_id)
    newest = Audit.objects.filter(agent_id=agent.agent_id).order_by("-audited_on", "-audit_id").first()
    findings = Finding.objects.filter(agent_id=agent.agent_id, mended_on__isnull=True).order_by("due_on")
    return AgentView(
        agent.agent_id, agent.code, AgentState(agent.state), agent.admitted_on, agent.suspended_on,
        agent.suspended_because,
        tuple(
            RequirementView(name, shown.get(name), shown.get(name, dt.date.min) >= on) for name in checklist()
        ),
        newest.audited_on if newest else None, newest.next_by if newest else None,
        tuple(
            FindingView(f.finding_id, f.requirement, Severity(f.severity), f.due_on, f.due_on < on) for f in findings
        ),
        tuple(
            PlaceView(p.code, say_hours(p.hours), p.needs_device, p.devices, tuple(p.accounts))
            for p in rows(sql("agents", "places"), {"agent": agent.agent_id})
        ),
        tuple(open_cases(agent.agent_id)), _open_rechecks(agent.agent_id),
        _figures(agent, on=on, window_days=window_days),
    )  # fmt: skip


def _open_rechecks(agent_id: UUID) -> int:
    found = rows(
        "SELECT count(*) AS open FROM agents_recheck WHERE agent_id = %s AND settled_on IS NULL", [agent_id]
    )
    return int(found[0].open)


__all__ = [
    "AgentRow", "AgentView", "AtPlace", "CaseView", "Figures", "agent_called", "agent_list", "cap_of", "may_capture",
    "open_cases", "own_agent", "own_figures", "taken_on",
]  # fmt: skip
