# SPDX-License-Identifier: EUPL-1.2
"""Request, approve or withdraw a step on a page; run the approved steps in a worker.

The two are separate because a page has no key, may not read a list of people, and must not wait for a rotation of keys.
`access/permissions.toml` says which steps need two people.
"""

import datetime as dt
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import (
    Approvals,
    PendingSubject,
    approvals_of,
    approve,
    have_enough_approvers,
    is_withdrawn,
    require_approver,
    withdraw,
)
from rollkeeper.access.errors import NO_PENDING_APPROVAL
from rollkeeper.access.roles import Permission
from rollkeeper.incidents.choices import About, Remedy, Step, StepState
from rollkeeper.incidents.drafts import note_draft, reworded_as
from rollkeeper.incidents.errors import (
    INCIDENT_NOT_SCOPED,
    NOTHING_TO_SUSPEND,
    NOTICE_REWORDED,
    PEOPLE_ALREADY_NOTIFIED,
)
from rollkeeper.incidents.models import Incident, StepRequest
from rollkeeper.incidents.remedies import remedy_incident
from rollkeeper.incidents.services import locked_incident, notify_affected, scope_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, prepared_rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import EntryId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

PERMISSION_FOR = {
    Step.SCOPE: Permission.MANAGE_INCIDENT,
    Step.SUSPEND_ACCOUNTS: Permission.MANAGE_INCIDENT,
    Step.SIGN_OUT_EVERYONE: Permission.MANAGE_INCIDENT,
    Step.ROTATE_KEYS: Permission.RENEW_KEYS_AFTER_INCIDENT,
    Step.RESEAL: Permission.RENEW_KEYS_AFTER_INCIDENT,
    Step.NOTIFY_PEOPLE: Permission.NOTIFY_AFFECTED,
}


def approve_step(
    authority: Authority, incident_id: UUID, step: Step, *, on: dt.date, read: str = ""
) -> StepState:
    """Approve a step as one person; return its state, which is `approved` once enough different people have approved it.

    `read`: for the step that notifies people, the mark of the notice's text that this person read (`drafts.reworded_as`).
    Ledger: incidents:step:approved. Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, INCIDENT_NOT_FOUND, INCIDENT_CLOSED,
    INCIDENT_NOT_SCOPED, NOTHING_TO_SUSPEND, PEOPLE_ALREADY_NOTIFIED, NOTICE_REWORDED, NO_PENDING_APPROVAL, ALREADY_APPROVED.
    """
    permission = PERMISSION_FOR[step]
    role = require_approver(authority, permission)

    def enter(made: Approvals) -> EntryId:
        facts: dict[str, str | int | bool] = {
            "enough": made.enough,
            "incident": str(incident_id),
            "people": len(made.people),
            "step": step.value,
        }
        return append_entry(authority, verb=Verb.STEP_APPROVED, role=role.value, on=on, facts=facts)

    with action():
        _require_possible(locked_incident(incident_id), step)
        require_read(incident_id, step, read)
        request = _open(incident_id, step) or StepRequest.objects.create(
            incident_id=incident_id, step_id=new_uuid(), step=step.value, state=StepState.PENDING.value,
            requested_at=clock.now(),
        )  # fmt: skip
        if request.state != StepState.PENDING:
            raise NO_PENDING_APPROVAL()
        made = approve(authority, permission, request.step_id, on=on, enter=enter)
        if made.enough:
            _move(request, StepState.APPROVED)
    return StepState.APPROVED if made.enough else StepState.PENDING


def require_read(incident_id: UUID, step: Step, read: str) -> None:
    """Require that the text of the notice is still the one that the approver read. Refuses: NOTICE_REWORDED."""
    if step is Step.NOTIFY_PEOPLE and read != reworded_as(incident_id):
        raise NOTICE_REWORDED()


def withdraw_step(authority: Authority, incident_id: UUID, step: Step, *, on: dt.date) -> None:
    """Withdraw a step that is pending approval: it will not run. Ledger: incidents:step:withdrawn.

    Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED, NO_PENDING_APPROVAL.
    """
    permission = PERMISSION_FOR[step]
    role = require(authority, permission)

    def enter() -> EntryId:
        facts = {"incident": str(incident_id), "step": step.value}
        return append_entry(authority, verb=Verb.STEP_WITHDRAWN, role=role.value, on=on, facts=facts)

    with action():
        locked_incident(incident_id)
        request = _open(incident_id, step)
        if request is None or request.state != StepState.PENDING:
            raise NO_PENDING_APPROVAL()
        _move(request, StepState.WITHDRAWN, ended_at=clock.now())
        withdraw(authority, permission, request.step_id, on=on, enter=enter)


def pending_key_renewals() -> list[PendingSubject]:
    """Return the steps that renew keys and wait for approvers."""
    return _pending(Permission.RENEW_KEYS_AFTER_INCIDENT)


def pending_notifications() -> list[PendingSubject]:
    """Return the steps that notify people and wait for approvers."""
    return _pending(Permission.NOTIFY_AFFECTED)


def run_approved_steps(authority: Authority, *, on: dt.date, with_keys: bool | None = None) -> int:
    """Run every approved step, in the order of the requests; return how many. A step that was interrupted runs again.

    `with_keys`: True runs only the steps that need keys, False only the others, so that finding the people affected does not wait for a
    renewal of keys; None runs all. Each step leaves its own entries. A refusal is recorded with its code, and the step can be requested
    again. Refuses: NOT_ALLOWED.
    """
    require(authority, Permission.MANAGE_INCIDENT)
    found = StepRequest.objects.filter(state=StepState.APPROVED.value).order_by("requested_at")
    waiting = [one for one in found if with_keys is None or _needs_keys(one) is with_keys]
    for request in waiting:
        try:
            _require_approved(request, on=on)
            touched = _do(authority, request.incident_id, Step(request.step), on=on)
        except RollkeeperError as refused:
            _move(request, StepState.FAILED, ended_at=clock.now(), failed_because=refused.code)
        else:
            _move(request, StepState.DONE, ended_at=clock.now(), touched=touched)
    return len(waiting)


def _require_approved(request: StepRequest, *, on: dt.date) -> None:
    """Require real approvals, not only the state 'approved': a page's database role may write the state. Refuses: NO_PENDING_APPROVAL."""
    permission = PERMISSION_FOR[Step(request.step)]
    people = {one.staff_id for one in approvals_of(permission, [request.step_id])}
    if is_withdrawn(permission, request.step_id) or not have_enough_approvers(permission, people, on=on):
        raise NO_PENDING_APPROVAL()


def _needs_keys(request: StepRequest) -> bool:
    """Tell whether a step changes keys or looks up a key epoch."""
    if Step(request.step) in {Step.ROTATE_KEYS, Step.RESEAL}:
        return True
    return Incident.objects.filter(incident_id=request.incident_id, about=About.KEY_EPOCH.value).exists()


def _do(authority: Authority, incident_id: UUID, step: Step, *, on: dt.date) -> int:
    match step:
        case Step.SCOPE:
            found = scope_incident(authority, incident_id, on=on)
            note_draft(authority, incident_id)
            return found.people + found.unregistered_lines
        case Step.NOTIFY_PEOPLE:
            return notify_affected(authority, incident_id, on=on)[0]
        case _:
            return remedy_incident(authority, incident_id, Remedy(step.value), on=on)


def _require_possible(incident: Incident, step: Step) -> None:
    if step is Step.SUSPEND_ACCOUNTS and not incident.accounts:
        raise NOTHING_TO_SUSPEND()
    if step is Step.NOTIFY_PEOPLE and incident.scoped_at is None:
        raise INCIDENT_NOT_SCOPED()
    if step is Step.NOTIFY_PEOPLE and incident.notified_at is not None:
        raise PEOPLE_ALREADY_NOTIFIED(on=clock.local_day(incident.notified_at))


def _pending(permission: Permission) -> list[PendingSubject]:
    steps = [step.value for step, its in PERMISSION_FOR.items() if its is permission]
    waiting = prepared_rows(
        "SELECT step_id, step, requested_at, incident_id FROM incidents_step WHERE step = ANY (%s) AND state = %s ORDER BY requested_at",
        [steps, StepState.PENDING.value],
    )
    return [PendingSubject(one.step_id, one.step, one.requested_at, str(one.incident_id)) for one in waiting]


def _open(incident_id: UUID, step: Step) -> StepRequest | None:
    return StepRequest.objects.filter(incident_id=incident_id, step=step.value, ended_at__isnull=True).first()


def _move(request: StepRequest, state: StepState, **also: object) -> None:
    StepRequest.objects.filter(incident_id=request.incident_id, step_id=request.step_id).update(
        state=state.value, **also
    )
