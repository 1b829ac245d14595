# SPDX-License-Identifier: EUPL-1.2
"""Steps requested on the page of an incident: by how many people, and done only by Rollkeeper."""

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.errors import ALREADY_APPROVED, APPROVER_UNKNOWN, NO_PENDING_APPROVAL, NOT_ALLOWED
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.incidents import queries
from rollkeeper.incidents.approvals import PERMISSION_FOR, approve_step, run_approved_steps, withdraw_step
from rollkeeper.incidents.choices import About, Step, StepState
from rollkeeper.incidents.errors import INCIDENT_NOT_SCOPED, NOTHING_TO_SUSPEND, PEOPLE_ALREADY_NOTIFIED
from rollkeeper.incidents.services import scope_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.vault.keys import living_epoch
from tests.builders.lines import make_line
from tests.incidents.test_incidents import CONSOLE, HOUR, ON, accessed, held_by, officer, opened
from tests.refusals import refusing

TWO = [step for step in Step if step in {Step.ROTATE_KEYS, Step.RESEAL, Step.NOTIFY_PEOPLE}]
ONE = [step for step in Step if step not in TWO]


def stands(incident_id, step):
    return next(one for one in queries.steps(CONSOLE, incident_id) if one.step is step)


def scoped(*people, **named):
    for person_id in people:
        accessed(CONSOLE, person_id=person_id)
    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR, **named)
    approve_step(officer("first"), made, Step.SCOPE, on=ON)
    run_approved_steps(worker_authority(), on=ON)
    return made


def test_a_requested_scope_is_run_by_the_worker_with_the_drafts(committed):
    person_id, _ = held_by(make_line(), language="zh-hans")
    made = scoped(person_id)

    view = queries.incident(CONSOLE, made, now=clock.now())

    assert (view.people, stands(made, Step.SCOPE).state, stands(made, Step.SCOPE).touched) == (
        1,
        StepState.DONE,
        1,
    )
    assert view.drafted == {"languages": {"zh-hans": 1}, "unreachable": 0, "fields": {"name": 1}}
    assert rows("SELECT FROM notices_notice") == []


@pytest.mark.parametrize("step", TWO)
def test_what_cannot_be_taken_back_waits_for_a_second_person(register, step):
    one, two = officer("officer-1"), officer("officer-2")
    made = scoped()

    assert approve_step(one, made, step, on=ON) is StepState.PENDING
    with refusing(ALREADY_APPROVED):
        approve_step(one, made, step, on=ON)
    assert run_approved_steps(worker_authority(), on=ON) == 0
    assert approve_step(two, made, step, on=ON) is StepState.APPROVED
    with refusing(NO_PENDING_APPROVAL):
        approve_step(two, made, step, on=ON)

    assert stands(made, step).approved_by == ("officer-1", "officer-2")


@pytest.mark.parametrize("step", ONE)
def test_what_is_urgent_takes_one_person(register, step):
    who = officer("officer-1")
    made = opened(About.ACCOUNT, accounts=[who.staff_id], until=clock.now() + HOUR)

    assert approve_step(who, made, step, on=ON) is StepState.APPROVED


def test_people_are_notified_once_after_two_approvals(register):
    line_id = make_line()
    person_id, _ = held_by(line_id, language="bo")
    made = scoped(person_id)
    for name in ("officer-1", "officer-2"):
        approve_step(officer(name), made, Step.NOTIFY_PEOPLE, on=ON)

    assert run_approved_steps(worker_authority(), on=ON) == 1

    (notified,) = rows("SELECT line_id, language, kind FROM notices_notice")
    assert (notified.line_id, notified.language, notified.kind) == (line_id, "bo", "data_exposed")
    with refusing(PEOPLE_ALREADY_NOTIFIED):
        approve_step(officer("officer-3"), made, Step.NOTIFY_PEOPLE, on=ON)


@pytest.mark.parametrize("given", [1, 2])
def test_an_approval_does_not_outlast_the_list_of_people_that_it_was_given_for(register, as_role, given):
    made = scoped(held_by(make_line())[0])
    for name in ("officer-1", "officer-2")[:given]:
        approve_step(officer(name), made, Step.NOTIFY_PEOPLE, on=ON)
    accessed(CONSOLE, person_id=held_by(make_line())[0])
    run("DISCARD TEMP")  # another role made them
    with as_role("worker"):
        scope_incident(worker_authority(), made, on=ON)

    with as_role("worker"):
        assert run_approved_steps(worker_authority(), on=ON) == 0
    assert approve_step(officer("officer-3"), made, Step.NOTIFY_PEOPLE, on=ON) is StepState.PENDING
    assert rows("SELECT FROM notices_notice") == []


def test_an_approval_does_not_outlast_another_list_of_as_many_people(register, as_role):
    made = scoped(held_by(make_line())[0])
    approve_step(officer("officer-1"), made, Step.NOTIFY_PEOPLE, on=ON)
    # The list that was approved had another person, who has been erased since.
    run("UPDATE incidents_affectedperson SET person_id = %s", [held_by(make_line())[0]])
    run("DISCARD TEMP")
    with as_role("worker"):
        found = scope_incident(worker_authority(), made, on=ON)

    assert found.people == 1
    assert approve_step(officer("officer-2"), made, Step.NOTIFY_PEOPLE, on=ON) is StepState.PENDING


def test_an_approval_outlasts_a_list_that_came_out_the_same(register, as_role):
    made = scoped(held_by(make_line())[0])
    approve_step(officer("officer-1"), made, Step.NOTIFY_PEOPLE, on=ON)
    run("DISCARD TEMP")
    with as_role("worker"):
        scope_incident(worker_authority(), made, on=ON)

    assert approve_step(officer("officer-2"), made, Step.NOTIFY_PEOPLE, on=ON) is StepState.APPROVED


def test_the_accounts_are_closed_and_everybody_is_signed_out(register):
    thief, who = officer("thief"), officer("officer-1")
    made = opened(About.ACCOUNT, accounts=[thief.staff_id], until=clock.now() + HOUR)
    approve_step(who, made, Step.SUSPEND_ACCOUNTS, on=ON)
    approve_step(who, made, Step.SIGN_OUT_EVERYONE, on=ON)

    assert run_approved_steps(worker_authority(), on=ON) == 2

    assert not Staff.objects.get(username="thief").is_active
    assert Staff.objects.get(username="officer-1").is_active
    taken = {
        one.remedy.value: one.touched for one in queries.incident(CONSOLE, made, now=clock.now()).remedies
    }
    assert taken["suspend_accounts"] == 1
    assert "sign_out_everyone" in taken


def test_keys_are_renewed_by_the_worker_after_two_approvals(committed):
    first = living_epoch().epoch_id
    made = opened(About.KEY_EPOCH, epoch_id=first)
    for name in ("officer-1", "officer-2"):
        approve_step(officer(name), made, Step.ROTATE_KEYS, on=ON)

    run_approved_steps(worker_authority(), on=ON)

    assert stands(made, Step.ROTATE_KEYS).state is StepState.DONE
    assert living_epoch().epoch_id > first


def test_a_failed_step_shows_its_code_and_can_be_requested_again(register, monkeypatch):
    from rollkeeper.incidents import approvals

    def refuse(*_, **__):
        raise NOTHING_TO_SUSPEND()

    who = officer("officer-1")
    made = opened(About.ACCOUNT, accounts=[who.staff_id], until=clock.now() + HOUR)
    approve_step(who, made, Step.SIGN_OUT_EVERYONE, on=ON)
    monkeypatch.setattr(approvals, "remedy_incident", refuse)
    run_approved_steps(worker_authority(), on=ON)

    failed = stands(made, Step.SIGN_OUT_EVERYONE)

    assert (failed.state, failed.failed_because) == (StepState.FAILED, "nothing_to_suspend")
    assert approve_step(who, made, Step.SIGN_OUT_EVERYONE, on=ON) is StepState.APPROVED


def test_a_step_that_waits_can_be_withdrawn_and_is_then_not_done(register):
    one = officer("officer-1")
    made = scoped()
    approve_step(one, made, Step.NOTIFY_PEOPLE, on=ON)

    withdraw_step(officer("officer-2"), made, Step.NOTIFY_PEOPLE, on=ON)

    assert run_approved_steps(worker_authority(), on=ON) == 0
    assert stands(made, Step.NOTIFY_PEOPLE).state is StepState.WITHDRAWN
    with refusing(NO_PENDING_APPROVAL):
        withdraw_step(one, made, Step.NOTIFY_PEOPLE, on=ON)
    assert approve_step(one, made, Step.NOTIFY_PEOPLE, on=ON) is StepState.PENDING


def test_no_one_is_notified_before_the_scope_is_known(register):
    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)

    with refusing(INCIDENT_NOT_SCOPED):
        approve_step(officer("officer-1"), made, Step.NOTIFY_PEOPLE, on=ON)
    with refusing(NOTHING_TO_SUSPEND):
        approve_step(officer("officer-2"), made, Step.SUSPEND_ACCOUNTS, on=ON)


def test_the_console_agrees_to_nothing_and_a_clerk_to_nothing_either(register):
    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)
    clerk = officer("clerk-1")
    RoleGrant.objects.filter(staff_id=clerk.staff_id).update(role=StaffRole.CLERK.value)
    clerk = type(clerk)(frozenset({StaffRole.CLERK}), clerk.staff_id, clerk.commitment)

    for step in Step:
        with refusing(APPROVER_UNKNOWN if PERMISSION_FOR[step].value == "manage_incident" else NOT_ALLOWED):
            approve_step(CONSOLE, made, step, on=ON)
        with refusing(NOT_ALLOWED):
            approve_step(clerk, made, step, on=ON)


def test_a_drill_takes_every_step_and_affects_no_one(register):
    line_id = make_line()
    person_id, _ = held_by(line_id)
    thief = officer("thief")
    accessed(thief, person_id=person_id)
    made = opened(About.ACCOUNT, accounts=[thief.staff_id], until=clock.now() + HOUR, is_drill=True)
    one, two = officer("officer-1"), officer("officer-2")
    for step in (Step.SCOPE, Step.SUSPEND_ACCOUNTS, Step.SIGN_OUT_EVERYONE, Step.ROTATE_KEYS):
        for who in (one, two) if step in TWO else (one,):
            approve_step(who, made, step, on=ON)
    run_approved_steps(worker_authority(), on=ON)
    for who in (one, two):
        approve_step(who, made, Step.NOTIFY_PEOPLE, on=ON)

    run_approved_steps(worker_authority(), on=ON)

    assert {one.state for one in queries.steps(CONSOLE, made)} == {StepState.DONE}
    assert Staff.objects.get(username="thief").is_active
    assert rows("SELECT FROM notices_notice") == []


@pytest.mark.parametrize("step", TWO)
@pytest.mark.parametrize("given", [0, 1])
def test_a_step_that_a_page_says_is_approved_is_not_done_without_its_people(register, as_role, step, given):
    made, epoch = scoped(), living_epoch().epoch_id
    if given:
        approve_step(officer("officer-1"), made, step, on=ON)
    else:
        run(
            "INSERT INTO incidents_step (incident_id, step_id, step, state, requested_at) VALUES (%s, uuidv7(), %s, 'pending', now())",
            [made, step.value],
        )

    with as_role("backoffice"):
        run(
            "UPDATE incidents_step SET state = 'approved' WHERE incident_id = %s AND step = %s",
            [made, step.value],
        )
    run_approved_steps(worker_authority(), on=ON)

    assert stands(made, step).state is StepState.FAILED
    assert living_epoch().epoch_id == epoch
    assert rows("SELECT FROM notices_notice") == []
