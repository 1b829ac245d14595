"""An approver role granted recently: it counts after some hours, and a mail reports it at once."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access import dual_control, services
from rollkeeper.access.authority import approving_roles, console_authority
from rollkeeper.access.dual_control import have_enough_approvers
from rollkeeper.access.errors import ROLE_TOO_RECENT
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.queries import new_approvers
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.services import add_staff, grant_role, reinstate_staff, suspend_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.notices import alarms
from tests.lines.test_canaries import mail  # noqa: F401 - the same mail server
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("register")
DAY = dt.date(2012, 3, 2)
PASSWORD = "seven plain words of nothing"


@pytest.fixture(autouse=True)
def _in_production(monkeypatch):
    clock.set_demo_date(DAY)
    monkeypatch.setattr(dual_control, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))


def employed(*names, role=StaffRole.SUPERVISOR):
    return {
        add_staff(console_authority(), username=name, password=PASSWORD, roles=[role], on=DAY)
        for name in names
    }


def granted_ago(**ago):
    RoleGrant.objects.update(granted_at=dt.datetime.now(dt.UTC) - dt.timedelta(**ago))


@pytest.mark.parametrize(
    ("ago", "counts"),
    [({"hours": 23, "minutes": 59}, False), ({"hours": 24, "minutes": 1}, True)],
)
def test_two_accounts_that_one_person_makes_decide_nothing_before_a_day_is_over(ago, counts):
    people = employed("manager-1", "manager-2")
    granted_ago(**ago)

    assert have_enough_approvers(Permission.APPROVE_BATCH, people) is counts
    assert dual_control.has_enough_decisions(Permission.APPROVE_BATCH, dict.fromkeys(people, DAY)) is counts


def test_an_approver_who_is_too_new_is_refused_with_the_hours():
    employed("manager-1")

    with refusing(ROLE_TOO_RECENT, match="24 hours"):
        dual_control.require_cooldown_over(services.sign_in("manager-1", PASSWORD), Permission.APPROVE_BATCH)
    granted_ago(hours=25)
    dual_control.require_cooldown_over(services.sign_in("manager-1", PASSWORD), Permission.APPROVE_BATCH)


def test_the_roles_of_an_account_that_was_closed_meanwhile_count_for_nothing():
    people = employed("manager-1", "manager-2")
    granted_ago(hours=25)
    signed_in = services.sign_in("manager-1", PASSWORD)
    assert have_enough_approvers(Permission.APPROVE_BATCH, people)

    Staff.objects.filter(username="manager-1").update(is_active=False)

    assert not have_enough_approvers(Permission.APPROVE_BATCH, people)
    with refusing(ROLE_TOO_RECENT):
        dual_control.require_cooldown_over(signed_in, Permission.APPROVE_BATCH)


def test_an_account_that_is_opened_again_counts_as_new_and_is_announced(mail, as_role):  # noqa: F811
    people = employed("manager-1", "manager-2")
    RoleGrant.objects.update(
        granted_at=dt.datetime.now(dt.UTC) - dt.timedelta(days=9), notified_at=dt.datetime.now(dt.UTC)
    )
    with as_role("vault_service"):
        suspend_staff(console_authority(), username="manager-1", on=DAY)
        for _ in range(2):
            reinstate_staff(console_authority(), username="manager-1", on=DAY)

    assert not have_enough_approvers(Permission.APPROVE_BATCH, people)
    with refusing(ROLE_TOO_RECENT):
        dual_control.require_cooldown_over(services.sign_in("manager-1", PASSWORD), Permission.APPROVE_BATCH)
    with as_role("worker"):
        assert alarms.mail_new_approvers() == 1
    granted_ago(hours=25)
    assert have_enough_approvers(Permission.APPROVE_BATCH, people)


def test_an_account_that_was_open_all_along_counts_as_before():
    people = employed("manager-1", "manager-2")
    granted_ago(hours=25)

    reinstate_staff(console_authority(), username="manager-1", on=DAY)

    assert have_enough_approvers(Permission.APPROVE_BATCH, people)


def test_what_one_person_may_do_waits_for_nothing():
    assert have_enough_approvers(Permission.STOP_BATCH, employed("manager-1"))


def test_an_earlier_first_day_and_an_earlier_instant_do_not_shorten_the_wait(as_role):
    people = employed("manager-1", "manager-2", role=StaffRole.CLERK)
    given = (
        "INSERT INTO access_rolegrant (grant_id, staff_id, role, since, granted_at, notified_at)"
        " VALUES (uuidv7(), %s, 'supervisor', '2000-01-01', '2000-01-01', '2000-01-01')"
    )

    with as_role("vault_service"):
        for staff_id in people:
            run(given, [staff_id])

    assert not have_enough_approvers(Permission.APPROVE_BATCH, people)
    assert len([one for one in new_approvers() if not one.is_notified]) == 2


def test_a_role_that_ended_is_not_given_back_without_a_new_grant(as_role):
    employed("manager-1")
    RoleGrant.objects.update(until=DAY)

    with as_role("vault_service"):
        run("UPDATE access_rolegrant SET until = '2012-03-01'")
        for later in ("NULL", "'2012-03-02'"):
            with pytest.raises(DatabaseError, match="given_back"), transaction.atomic():
                run(f"UPDATE access_rolegrant SET until = {later}")  # noqa: S608


@pytest.mark.parametrize("role", sorted(approving_roles()))
def test_each_role_that_decides_with_others_is_mailed_once(mail, as_role, role):  # noqa: F811
    with as_role("vault_service"):
        employed("clerk-07", role=StaffRole.CLERK)
        grant_role(console_authority(), username="clerk-07", role=role, on=DAY)
    with as_role("worker"):
        assert [alarms.mail_new_approvers(), alarms.mail_new_approvers()] == [1, 0]

    ((_, envelope),) = mail.kept
    assert f"clerk-07: {role}" in envelope.content.decode()


def test_a_new_clerk_is_announced_to_nobody(mail):  # noqa: F811
    employed("clerk-07", role=StaffRole.CLERK)

    assert alarms.mail_new_approvers() == 0
    assert not mail.kept
