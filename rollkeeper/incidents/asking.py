# SPDX-License-Identifier: EUPL-1.2
"""Ask for a step from the page, agree to one, withdraw one; and do, away from every page, what enough people asked for.

Separate because a page holds no key, may not read a list of people, and must not wait for a rotation. Which steps take two
people is data: `access/powers.toml`.
"""

import datetime as dt
from uuid import UUID

from rollkeeper.access.acts import may_decide
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.incidents.acts import locked_incident, scope_incident, tell_exposed
from rollkeeper.incidents.drafts import note_draft
from rollkeeper.incidents.errors import (
    AgreedAlready,
    IncidentNotScoped,
    NothingToSuspend,
    PeopleToldAlready,
    StepNeedsPerson,
    StepNotWaiting,
)
from rollkeeper.incidents.kinds import Remedy, Step, StepState
from rollkeeper.incidents.models import Incident, StepAsked, StepYes
from rollkeeper.incidents.remedies import remedy_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb

POWER_FOR = {
    Step.SCOPE: Power.MANAGE_INCIDENT,
    Step.SUSPEND_ACCOUNTS: Power.MANAGE_INCIDENT,
    Step.SIGN_OUT_EVERYONE: Power.MANAGE_INCIDENT,
    Step.ROTATE_KEYS: Power.RENEW_KEYS_AFTER_INCIDENT,
    Step.RESEAL: Power.RENEW_KEYS_AFTER_INCIDENT,
    Step.TELL_PEOPLE: Power.TELL_EXPOSED,
}


def ask_step(authority: Authority, incident_id: UUID, step: Step, *, on: dt.date) -> StepState:
    """Say yes to a step as one person; return how it stands, which is `approved` once enough different people have.

    Ledger: incidents:step:agreed. Refuses: NotAllowed, StepNeedsPerson, IncidentUnknown, IncidentClosed, IncidentNotScoped,
    NothingToSuspend, PeopleToldAlready, AgreedAlready.
    """
    power = POWER_FOR[step]
    role = demand(authority, power)
    if authority.staff_id is None:
        raise StepNeedsPerson
    with act():
        _demand_sensible(locked_incident(incident_id), step)
        asked = _open(incident_id, step) or StepAsked.objects.create(
            incident_id=incident_id, step_id=new_uuid(), step=step.value, state=StepState.WAITING.value,
            asked_at=clock.now(),
        )  # fmt: skip
        said = StepYes.objects.filter(incident_id=incident_id, step_id=asked.step_id)
        if asked.state != StepState.WAITING or said.filter(staff_id=authority.staff_id).exists():
            raise AgreedAlready
        StepYes.objects.create(
            incident_id=incident_id, step_id=asked.step_id, staff_id=authority.staff_id, said_at=clock.now()
        )
        people = {StaffId(staff_id) for staff_id in said.values_list("staff_id", flat=True)}
        enough = may_decide(power, people, on=on)
        append_entry(
            authority, verb=Verb.STEP_AGREED, role=role.value, on=on,
            facts={"enough": enough, "incident": str(incident_id), "people": len(people), "step": step.value},
        )  # fmt: skip
        if enough:
            _move(asked, StepState.APPROVED)
    return StepState.APPROVED if enough else StepState.WAITING


def withdraw_step(authority: Authority, incident_id: UUID, step: Step, *, on: dt.date) -> None:
    """Withdraw a step that waits for a yes: it is not done. Ledger: incidents:step:withdrawn.

    Refuses: NotAllowed, IncidentUnknown, IncidentClosed, StepNotWaiting.
    """
    role = demand(authority, POWER_FOR[step])
    with act():
        locked_incident(incident_id)
        asked = _open(incident_id, step)
        if asked is None or asked.state != StepState.WAITING:
            raise StepNotWaiting
        _move(asked, StepState.WITHDRAWN, ended_at=clock.now())
        append_entry(
            authority, verb=Verb.STEP_WITHDRAWN, role=role.value, on=on,
            facts={"incident": str(incident_id), "step": step.value},
        )  # fmt: skip


def carry_steps(authority: Authority, *, on: dt.date) -> int:
    """Do every step that enough people asked for, in their order; return how many. One that was cut short is done again.

    Each step leaves its own entries. What is refused is noted with its code, and can be asked for again. Refuses: NotAllowed.
    """
    demand(authority, Power.MANAGE_INCIDENT)
    waiting = list(StepAsked.objects.filter(state=StepState.APPROVED.value).order_by("asked_at"))
    for asked in waiting:
        try:
            touched = _do(authority, asked.incident_id, Step(asked.step), on=on)
        except RollkeeperError as refused:
            _move(asked, StepState.FAILED, ended_at=clock.now(), failed_because=refused.code)
        else:
            _move(asked, StepState.DONE, ended_at=clock.now(), touched=touched)
    return len(waiting)


def _do(authority: Authority, incident_id: UUID, step: Step, *, on: dt.date) -> int:
    match step:
        case Step.SCOPE:
            found = scope_incident(authority, incident_id, on=on)
            note_draft(authority, incident_id)
            return found.people + found.unnamed_lines
        case Step.TELL_PEOPLE:
            return tell_exposed(authority, incident_id, on=on)[0]
        case _:
            return remedy_incident(authority, incident_id, Remedy(step.value), on=on)


def _demand_sensible(incident: Incident, step: Step) -> None:
    if step is Step.SUSPEND_ACCOUNTS and not incident.accounts:
        raise NothingToSuspend
    if step is Step.TELL_PEOPLE and incident.scoped_at is None:
        raise IncidentNotScoped
    if step is Step.TELL_PEOPLE and incident.told_at is not None:
        raise PeopleToldAlready(on=incident.told_at.astimezone(clock.zone()).date())


def _open(incident_id: UUID, step: Step) -> StepAsked | None:
    return StepAsked.objects.filter(incident_id=incident_id, step=step.value, ended_at__isnull=True).first()


def _move(asked: StepAsked, state: StepState, **also: object) -> None:
    StepAsked.objects.filter(incident_id=asked.incident_id, step_id=asked.step_id).update(
        state=state.value, **also
    )
