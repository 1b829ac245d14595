"""Accounts, roles, and who may act."""

import datetime as dt

import pytest
from django.db import connection
from django.test import override_settings

from rollkeeper.access import passwords
from rollkeeper.access.authority import console_authority, require, worker_authority
from rollkeeper.access.dual_control import have_enough_approvers
from rollkeeper.access.errors import (
    INVALID_USER_NAME,
    NOT_ALLOWED,
    NOT_FOR_OWN_ACCOUNT,
    PASSWORD_TOO_WEAK,
    ROLE_ALREADY_GRANTED,
    ROLE_BEGINS_LATER,
    ROLE_NOT_FOR_PEOPLE,
    ROLE_NOT_GRANTED,
    STAFF_UNKNOWN,
    USER_NAME_TAKEN,
    NotSignedIn,
    TooManyAttempts,
)
from rollkeeper.access.models import Staff
from rollkeeper.access.queries import staff_list
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.services import (
    add_staff,
    authority_of,
    end_role,
    grant_role,
    sign_in,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.site.settings import PASSWORD_HASHERS
from tests.entries import entries
from tests.refusals import refusing

PASSWORD = "seven plain words of nothing"
DAY = dt.date(2012, 3, 2)


@pytest.fixture(autouse=True)
def _on_the_day(register):
    clock.set_demo_date(DAY)


def added(username="clerk-07", roles=(StaffRole.CLERK,), on=DAY):
    return add_staff(console_authority(), username=username, password=PASSWORD, roles=roles, on=on)


def test_the_password_gives_the_authority_of_the_roles():
    staff_id = added()

    authority = sign_in("clerk-07", PASSWORD)

    assert authority.staff_id == staff_id
    assert authority.roles == {StaffRole.CLERK}
    assert require(authority, Permission.REGISTER) is StaffRole.CLERK


def test_a_user_name_is_read_without_regard_to_case_and_blanks():
    staff_id = added()

    assert sign_in(" Clerk-07 ", PASSWORD).staff_id == staff_id


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer():
    added()

    with pytest.raises(NotSignedIn) as wrong:
        sign_in("clerk-07", "seven plain words of something")
    with pytest.raises(NotSignedIn) as unknown:
        sign_in("clerk-08", PASSWORD)

    assert str(wrong.value) == str(unknown.value)


def test_an_unknown_name_costs_a_hash_as_a_known_one_does(monkeypatch):
    hashed = []
    monkeypatch.setattr(passwords, "make_password", hashed.append)

    with pytest.raises(NotSignedIn):
        sign_in("nobody", PASSWORD)

    assert hashed == [PASSWORD]


def test_passwords_are_kept_as_scrypt():
    with override_settings(PASSWORD_HASHERS=PASSWORD_HASHERS):
        added()

    assert Staff.objects.get().password.startswith("scrypt$")


def test_a_closed_account_does_not_sign_in():
    added()
    Staff.objects.update(is_active=False)

    with pytest.raises(NotSignedIn):
        sign_in("clerk-07", PASSWORD)


@pytest.mark.parametrize("name", ["clerk-07", "nobody"])
def test_the_sixth_attempt_in_five_minutes_is_refused_even_with_the_right_password(name):
    added()
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(name, "wrong")

    with pytest.raises(TooManyAttempts):
        sign_in(name, PASSWORD)


def test_the_fifth_attempt_still_counts_and_clears_the_count():
    added()
    for _ in range(4):
        with pytest.raises(NotSignedIn):
            sign_in("clerk-07", "wrong")

    sign_in("clerk-07", PASSWORD)

    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in("clerk-07", "wrong")


def test_after_the_window_attempts_count_again():
    added()
    for _ in range(6):
        with pytest.raises((NotSignedIn, TooManyAttempts)):
            sign_in("clerk-07", "wrong")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_attempt SET since = since - interval '6 minutes'")

    assert sign_in("clerk-07", PASSWORD)


@pytest.mark.parametrize("ahead", ["1 hour", "1 day", "7 days"])
def test_attempts_counted_while_the_clock_was_ahead_lock_no_one_out(ahead):
    added()
    for _ in range(6):
        with pytest.raises((NotSignedIn, TooManyAttempts)):
            sign_in("clerk-07", "wrong")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_attempt SET since = since + %s::interval", [ahead])

    assert sign_in("clerk-07", PASSWORD)


def test_after_a_clock_that_was_ahead_wrong_passwords_are_counted_again():
    added()
    with pytest.raises(NotSignedIn):
        sign_in("clerk-07", "wrong")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_attempt SET since = since + interval '1 day'")
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in("clerk-07", "wrong")

    with pytest.raises(TooManyAttempts):
        sign_in("clerk-07", PASSWORD)


def test_what_was_typed_as_a_user_name_is_not_kept_in_clear():
    with pytest.raises(NotSignedIn):
        sign_in("my-secret-password", "x")

    with connection.cursor() as cursor:
        cursor.execute("SELECT access_attempt::text FROM access_attempt")
        assert "secret" not in cursor.fetchone()[0]


def test_the_ledger_names_nobody_and_says_what_was_done():
    added(roles=[StaffRole.CLERK, StaffRole.SUPERVISOR])
    end_role(console_authority(), username="clerk-07", role=StaffRole.CLERK, on=DAY)

    marks = entries()

    assert [mark.verb for mark in marks] == [
        "access:staff:added",
        "access:role:granted",
        "access:role:granted",
        "access:role:ended",
    ]
    assert len({mark.facts["staff"] for mark in marks}) == 1
    assert "clerk-07" not in "".join(mark.text for mark in marks)


def test_a_role_counts_from_its_first_day():
    added(roles=[])
    grant_role(console_authority(), username="clerk-07", role=StaffRole.CLERK, on=DAY)
    staff = Staff.objects.get()
    held = {}

    for day in (DAY - dt.timedelta(days=1), DAY, DAY + dt.timedelta(days=1)):
        clock.set_demo_date(day)
        held[day] = bool(authority_of(staff).roles)

    assert list(held.values()) == [False, True, True]


def test_who_has_a_role_that_begins_later_is_told_its_first_day():
    added(roles=[])
    grant_role(
        console_authority(), username="clerk-07", role=StaffRole.SUPERVISOR, on=DAY + dt.timedelta(days=3)
    )

    with refusing(ROLE_BEGINS_LATER) as refused:
        require(authority_of(Staff.objects.get()), Permission.APPROVE_BATCH)

    assert refused.value.facts["day"] == DAY + dt.timedelta(days=3)


def test_a_role_that_ended_is_gone_on_that_very_day():
    added()
    end_role(console_authority(), username="clerk-07", role=StaffRole.CLERK, on=DAY + dt.timedelta(days=5))
    staff = Staff.objects.get()
    held = []

    for days in (4, 5, 6):
        clock.set_demo_date(DAY + dt.timedelta(days=days))
        held.append(bool(authority_of(staff).roles))

    assert held == [True, False, False]


def test_a_role_can_be_granted_again_after_it_ended():
    added()
    end_role(console_authority(), username="clerk-07", role=StaffRole.CLERK, on=DAY)

    grant_role(console_authority(), username="clerk-07", role=StaffRole.CLERK, on=DAY)

    assert sign_in("clerk-07", PASSWORD).roles == {StaffRole.CLERK}


@pytest.mark.parametrize("role", [StaffRole.CONSOLE, StaffRole.WORKER])
def test_the_machines_roles_are_for_nobody(role):
    with refusing(ROLE_NOT_FOR_PEOPLE):
        added(roles=[role])


@pytest.mark.parametrize("who", [worker_authority, None])
def test_only_an_administrator_or_the_console_adds_staff(who):
    added()
    authority = who() if who else sign_in("clerk-07", PASSWORD)

    with refusing(NOT_ALLOWED):
        add_staff(authority, username="x", password=PASSWORD, roles=[], on=DAY)
    with refusing(NOT_ALLOWED):
        grant_role(authority, username="clerk-07", role=StaffRole.SUPERVISOR, on=DAY)
    with refusing(NOT_ALLOWED):
        end_role(authority, username="clerk-07", role=StaffRole.CLERK, on=DAY)


def test_an_administrator_gives_roles_to_others_and_not_to_themselves():
    added("boss", [StaffRole.ADMINISTRATOR])
    added("clerk-07")
    boss = sign_in("boss", PASSWORD)

    grant_role(boss, username="clerk-07", role=StaffRole.SUPERVISOR, on=DAY)

    with refusing(NOT_FOR_OWN_ACCOUNT):
        grant_role(boss, username="boss", role=StaffRole.SUPERVISOR, on=DAY)


@pytest.mark.parametrize("name", ["", "a b", "Пётр", "x" * 65, "-a", "a@b"])
def test_a_user_name_that_is_no_reference_is_refused(name):
    with refusing(INVALID_USER_NAME):
        added(name)


@pytest.mark.parametrize("password", ["", "elevenchars", "qwertyuiop12", "xx-clerk-07-xx"])
def test_a_weak_password_is_refused_without_being_repeated(password):
    with refusing(PASSWORD_TOO_WEAK) as fault:
        add_staff(console_authority(), username="clerk-07", password=password, roles=[], on=DAY)

    assert not password or password not in str(fault.value)


def test_a_user_name_is_taken_once():
    added()

    with refusing(USER_NAME_TAKEN):
        added("CLERK-07")


def test_what_is_not_there_is_said():
    added()

    with refusing(STAFF_UNKNOWN):
        grant_role(console_authority(), username="nobody", role=StaffRole.CLERK, on=DAY)
    with refusing(ROLE_ALREADY_GRANTED):
        grant_role(console_authority(), username="clerk-07", role=StaffRole.CLERK, on=DAY)
    with refusing(ROLE_NOT_GRANTED):
        end_role(console_authority(), username="clerk-07", role=StaffRole.AUDITOR, on=DAY)


def test_two_different_people_decide_and_one_does_not():
    one = added("manager-1", [StaffRole.CAMPAIGN_MANAGER, StaffRole.SUPERVISOR])
    two = added("supervisor-1", [StaffRole.SUPERVISOR])
    clerk = added("clerk-07")

    assert not have_enough_approvers(Permission.APPROVE_BATCH, set())
    assert not have_enough_approvers(Permission.APPROVE_BATCH, {one})
    assert not have_enough_approvers(Permission.APPROVE_BATCH, {one, clerk})
    assert have_enough_approvers(Permission.APPROVE_BATCH, {one, two})


def test_a_decider_whose_role_has_ended_no_longer_counts():
    one = added("manager-1", [StaffRole.CAMPAIGN_MANAGER])
    two = added("supervisor-1", [StaffRole.SUPERVISOR])
    end_role(console_authority(), username="supervisor-1", role=StaffRole.SUPERVISOR, on=DAY)

    assert not have_enough_approvers(Permission.APPROVE_BATCH, {one, two})


def test_the_list_shows_todays_roles():
    added()
    end_role(console_authority(), username="clerk-07", role=StaffRole.CLERK, on=DAY + dt.timedelta(days=1))

    assert [view.roles for view in staff_list(DAY)] == [(StaffRole.CLERK,)]
    assert [view.roles for view in staff_list(DAY + dt.timedelta(days=1))] == [()]


@pytest.mark.parametrize("role", ["counter", "backoffice", "console", "vault_service"])
def test_each_way_in_may_sign_people_in(role, as_role):
    added()

    with as_role(role):
        assert sign_in("clerk-07", PASSWORD).roles == {StaffRole.CLERK}


def test_the_counter_cannot_change_a_password(as_role):
    from django.db.utils import ProgrammingError

    added()

    with pytest.raises(ProgrammingError), as_role("counter"):
        Staff.objects.update(password="x")


def test_who_may_not_is_told_of_people_to_ask_and_of_no_program():
    added()
    clerk = authority_of(Staff.objects.get(username="clerk-07"))

    with pytest.raises(RollkeeperError) as refused:
        require(clerk, Permission.MANAGE_STAFF)

    assert refused.value.code == NOT_ALLOWED.code
    assert "administrator" in refused.value.facts["needed"]
    assert "console" not in refused.value.facts["needed"]
