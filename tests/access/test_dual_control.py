# SPDX-License-Identifier: EUPL-1.2
"""What takes several people: each approves once and none their own, by their own app, and one list says what waits."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.db.utils import IntegrityError

from rollkeeper.access import dual_control
from rollkeeper.access.authority import console_authority
from rollkeeper.access.dual_control import PendingSubject, approve, is_withdrawn, pending_approvals, withdraw
from rollkeeper.access.errors import (
    ALREADY_APPROVED,
    APPROVER_IS_SUBMITTER,
    APPROVER_UNKNOWN,
    NO_PENDING_APPROVAL,
    NOT_ALLOWED,
    ROLE_TOO_RECENT,
)
from rollkeeper.access.hooks import PENDING_SUBJECTS
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import Instance, InstanceKind
from tests.builders.staff import employ
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("register")
DAY = dt.date(2012, 3, 2)
PASSWORD = "seven plain words of nothing"
TWO, ONE = Permission.APPROVE_BATCH, Permission.APPROVE_ACTION
ROW = "INSERT INTO access_approval (permission, subject, staff_id, approves, day) VALUES (%s, uuidv7(), uuidv7(), true, '2012-03-02')"


@pytest.fixture(autouse=True)
def _on_the_day():
    clock.set_demo_date(DAY)


def employed(name, role=StaffRole.SUPERVISOR):
    return employ(role, username=name)


def test_two_different_people_are_enough_and_one_person_twice_is_not():
    one, two, subject = employed("one"), employed("two"), new_uuid()

    assert not approve(one, TWO, subject, on=DAY).enough
    with refusing(ALREADY_APPROVED):
        approve(one, TWO, subject, on=DAY)
    made = approve(two, TWO, subject, on=DAY)

    assert made.enough
    assert made.people == {one.staff_id, two.staff_id}


def test_an_approval_of_other_content_does_not_count():
    subject = new_uuid()
    approve(employed("one"), TWO, subject, content="before", on=DAY)

    assert not approve(employed("two"), TWO, subject, content="after", on=DAY).enough


def test_no_one_approves_what_they_submitted_and_no_console_anything():
    one, subject = employed("one"), new_uuid()

    with refusing(APPROVER_IS_SUBMITTER):
        approve(one, ONE, subject, on=DAY, submitted_by=[one.staff_id])
    with refusing(NOT_ALLOWED):
        approve(console_authority(), TWO, subject, on=DAY)
    with refusing(APPROVER_UNKNOWN):
        approve(console_authority(), Permission.MANAGE_INCIDENT, subject, on=DAY)


@pytest.mark.parametrize(("permission", "submitted"), [(TWO, False), (ONE, True)])
def test_a_role_of_today_approves_nothing_that_takes_two_in_production(monkeypatch, permission, submitted):
    monkeypatch.setattr(dual_control, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))
    one = employed("one")

    with refusing(ROLE_TOO_RECENT):
        approve(one, permission, new_uuid(), on=DAY, submitted_by=[new_uuid()] if submitted else ())


def test_what_is_withdrawn_is_approved_and_withdrawn_by_no_one_afterwards():
    one, two, subject = employed("one"), employed("two"), new_uuid()
    approve(one, TWO, subject, on=DAY)

    withdraw(two, TWO, subject, on=DAY)

    assert is_withdrawn(TWO, subject)
    with refusing(NO_PENDING_APPROVAL):
        approve(two, TWO, subject, on=DAY)
    with refusing(NO_PENDING_APPROVAL):
        withdraw(one, TWO, subject, on=DAY)


@pytest.mark.parametrize(
    ("role", "permission", "may"),
    [
        ("counter", "approve_action", True),
        ("counter", "approve_batch", False),
        ("counter", "decide_disclosure", False),
        ("backoffice", "approve_batch", True),
        ("backoffice", "approve_action", False),
        ("backoffice", "approve_authority", False),
        ("console", "approve_authority", True),
        ("vault_service", "approve_authority", True),
        ("vault_service", "approve_batch", False),
        ("worker", "approve_authority", False),
        ("worker", "publish_report", False),
        ("auditor", "approve_batch", False),
        ("vault", "approve_batch", False),
        ("portal", "approve_action", False),
    ],
)
def test_an_app_writes_only_approvals_that_are_given_there(as_role, role, permission, may):
    refused = False
    try:
        with as_role(role), transaction.atomic():
            run(ROW, [permission])
    except DatabaseError:
        refused = True

    assert refused is not may


@pytest.mark.parametrize("role", ["counter", "backoffice", "worker"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_approval SET approves = true",
        "DELETE FROM access_approval",
        (
            "INSERT INTO access_approval (permission, subject, staff_id, approves, day, approved_at)"
            " VALUES ('approve_action', uuidv7(), uuidv7(), true, now(), '2000-01-01')"
        ),
    ],
)
def test_no_role_changes_an_approval_or_says_when_it_was_given(as_role, role, statement):
    with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(statement)


def test_the_counter_sees_no_approval_of_the_back_office(as_role):
    for permission in ("approve_batch", "approve_action"):
        run(ROW, [permission])

    with as_role("counter"):
        assert [row.permission for row in rows("SELECT permission FROM access_approval")] == [
            "approve_action"
        ]


def test_no_row_approves_by_no_one_and_none_twice():
    one, subject = employed("one"), new_uuid()
    approve(one, TWO, subject, on=DAY)

    with pytest.raises(IntegrityError, match="access_approval_given_twice"), transaction.atomic():
        run(
            "INSERT INTO access_approval (permission, subject, staff_id, approves, day) VALUES (%s, %s, %s, true, %s)",
            [TWO.value, subject, one.staff_id, DAY],
        )
    with pytest.raises(IntegrityError, match="access_approval_by_nobody"), transaction.atomic():
        run(
            "INSERT INTO access_approval (permission, subject, approves, day) VALUES ('approve_batch', uuidv7(), true, now())"
        )


def test_one_list_says_what_waits_for_whom_of_every_kind(monkeypatch):
    one, two, clerk = employed("one"), employed("two"), employed("clerk-07", StaffRole.CLERK)
    batch, act, at = new_uuid(), new_uuid(), dt.datetime(2012, 3, 2, tzinfo=dt.UTC)
    found = {
        TWO: [PendingSubject(batch, "suspend_batch", at + dt.timedelta(hours=1), str(batch), content="a")],
        ONE: [PendingSubject(act, "register", at, "a-key-abcdef", requested_by=clerk.staff_id, submitted_by=(clerk.staff_id,))],
    }  # fmt: skip
    monkeypatch.setattr(PENDING_SUBJECTS, "_registered", [(key, lambda key=key: found[key]) for key in found])
    approve(one, TWO, batch, content="a", on=DAY)

    listed = pending_approvals(two)

    assert [(w.action_kind, w.requested_by, w.given, w.needed) for w in listed] == [
        ("register", "clerk-07", 0, 1), ("suspend_batch", "", 1, 2),
    ]  # fmt: skip
    assert listed[0].reference == "ABCDEF"
    assert [w.is_own for w in pending_approvals(one)] == [False, True]
    assert pending_approvals(two, [ONE]) == listed[:1]
    assert pending_approvals(clerk) == []
    assert [w.action_kind for w in pending_approvals(console_authority())] == ["register", "suspend_batch"]


def test_each_kind_that_takes_two_people_is_in_the_list():
    kinds = {permission for permission in Permission if dual_control.rule_for(permission).people > 1} - {
        Permission.OPEN_ON_DISCLOSURE
    }  # the two who decided open it together, by one command

    assert kinds | {ONE} == {Permission(key) for key, _ in PENDING_SUBJECTS.each_by_key()}
