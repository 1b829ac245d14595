# SPDX-License-Identifier: EUPL-1.2
"""Reads of this package: incidents with their deadlines, and the references of the people affected."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.incidents.choices import About, Remedy, Severity, Step, StepState
from rollkeeper.incidents.errors import INCIDENT_NOT_FOUND
from rollkeeper.incidents.models import AffectedPerson, AppliedRemedy, Duty, Incident
from rollkeeper.incidents.rules import is_in_time
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import LineId, PersonId


@dataclass(frozen=True, slots=True)
class DutyView:
    """One duty with its clock; `in_time` is None while it is open and its time is not over."""

    to: str
    article: str
    within: str
    is_second: bool
    due_at: dt.datetime
    in_time_until: dt.datetime
    met_at: dt.datetime | None
    exempt_because: str | None
    in_time: bool | None


@dataclass(frozen=True, slots=True)
class RemedyView:
    """One remedy that was taken."""

    remedy: Remedy
    applied_at: dt.datetime
    touched: int


@dataclass(frozen=True, slots=True)
class StepView:
    """One step that was asked for from the page, and who approved it, by user name."""

    step: Step
    state: StepState
    requested_at: dt.datetime
    ended_at: dt.datetime | None
    touched: int
    failed_because: str
    approved_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident in its current state: figures and deadlines, no references of people."""

    incident_id: UUID
    about: About
    severity: Severity
    is_drill: bool
    noticed_at: dt.datetime
    since: dt.datetime | None
    until: dt.datetime
    scoped_at: dt.datetime | None
    people: int
    unregistered_lines: int
    openings: int
    sealed_people: int
    notified_at: dt.datetime | None
    notices: int
    unreachable: int
    closed_at: dt.datetime | None
    duties: tuple[DutyView, ...]
    remedies: tuple[RemedyView, ...]
    accounts: int = 0
    """How many accounts it is about."""
    drafted: dict[str, Any] | None = None
    """Counts of the last scoping from the page: people by language and by field, and how many are out of reach."""


@dataclass(frozen=True, slots=True)
class AffectedPersonView:
    """A person by reference, or a line without a registered subscriber, and which fields were seen."""

    person_id: PersonId | None
    line_id: LineId | None
    fields: tuple[str, ...]
    first_at: dt.datetime | None
    last_at: dt.datetime | None
    openings: int


def incidents(authority: Authority, *, now: dt.datetime) -> list[IncidentView]:
    """Return every incident, the newest first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.MANAGE_INCIDENT)
    return [_view(found, now=now) for found in Incident.objects.order_by("-opened_at")]


def incident(authority: Authority, incident_id: UUID, *, now: dt.datetime) -> IncidentView:
    """Return one incident. Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND."""
    require(authority, Permission.MANAGE_INCIDENT)
    found = Incident.objects.filter(incident_id=incident_id).first()
    if found is None:
        raise INCIDENT_NOT_FOUND()
    return _view(found, now=now)


def affected_people(authority: Authority, incident_id: UUID) -> Iterator[AffectedPersonView]:
    """Return the references of everyone affected by an incident. Refuses: NOT_ALLOWED."""
    require(authority, Permission.MANAGE_INCIDENT)
    for row in AffectedPerson.objects.filter(incident_id=incident_id).order_by("nth").iterator():
        yield AffectedPersonView(
            PersonId(row.person_id) if row.person_id else None, LineId(row.line_id) if row.line_id else None,
            tuple(row.fields), row.first_at, row.last_at, row.openings,
        )  # fmt: skip


def steps(authority: Authority, incident_id: UUID) -> list[StepView]:
    """Return what was asked for from the page of an incident, the newest first. Refuses: NOT_ALLOWED."""
    require(authority, Permission.MANAGE_INCIDENT)
    return [
        StepView(
            Step(row.step), StepState(row.state), row.requested_at, row.ended_at, row.touched or 0, row.failed_because or "",
            tuple(row.approved_by),
        )
        for row in rows(sql("incidents", "steps"), {"incident": incident_id})
    ]  # fmt: skip


def people_by_field(incident_id: UUID) -> dict[str, int]:
    """Return, for each field, of how many people it was seen."""
    return {row.field: row.people for row in rows(sql("incidents", "by_field"), {"incident": incident_id})}


def _view(found: Incident, *, now: dt.datetime) -> IncidentView:
    taken = AppliedRemedy.objects.filter(incident_id=found.incident_id).order_by("applied_at")
    clocks = Duty.objects.filter(incident_id=found.incident_id).order_by("due_at", "duty_id")
    return IncidentView(
        incident_id=found.incident_id, about=About(found.about), severity=Severity(found.severity),
        is_drill=found.is_drill, noticed_at=found.noticed_at, since=found.since, until=found.until,
        scoped_at=found.scoped_at, people=found.people or 0, unregistered_lines=found.unregistered_lines or 0,
        openings=found.openings or 0, sealed_people=found.sealed_people or 0, notified_at=found.notified_at,
        notices=found.notices or 0, unreachable=found.unreachable or 0, closed_at=found.closed_at,
        duties=tuple(_duty(one, now=now) for one in clocks),
        remedies=tuple(RemedyView(Remedy(one.remedy), one.applied_at, one.touched) for one in taken),
        accounts=len(found.accounts or ()), drafted=found.drafted,
    )  # fmt: skip


def _duty(one: Duty, *, now: dt.datetime) -> DutyView:
    in_time: bool | None = None
    if one.exempt_because is None:
        fits = is_in_time(one.in_time_until, met_at=one.met_at or now)
        in_time = fits if one.met_at or not fits else None
    return DutyView(
        one.to, one.article, one.within, one.is_second, one.due_at, one.in_time_until, one.met_at, one.exempt_because,
        in_time,
    )  # fmt: skip
