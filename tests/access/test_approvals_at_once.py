# SPDX-License-Identifier: EUPL-1.2
"""Approvals of one thing at the same instant: each person counts once, and exactly one of them is told that it is enough."""

import datetime as dt

import pytest

from rollkeeper.access.dual_control import approve, withdraw
from rollkeeper.access.errors import ALREADY_APPROVED, NO_PENDING_APPROVAL
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from tests.builders.staff import employ
from tests.registration.test_concurrency import together

DAY = dt.date(2012, 3, 2)
TWO = Permission.APPROVE_BATCH


@pytest.fixture
def people(committed):
    clock.set_demo_date(DAY)
    return [employ(StaffRole.SUPERVISOR) for _ in range(2)]


def given(subject):
    return rows("SELECT count(*) AS n FROM access_approval WHERE subject = %s AND approves", [subject])[0].n


def answers(*acts):
    return [one.code if isinstance(one, RollkeeperError) else one for one in together(*acts)]


@pytest.mark.parametrize("number", [1, 2])
def test_who_approves_at_once_in_many_windows_counts_once(people, number):
    subject = new_uuid()

    said = answers(
        *[lambda who=who: approve(who, TWO, subject, on=DAY).enough for who in people[:number] * 3]
    )

    assert given(subject) == number
    assert said.count(ALREADY_APPROVED.code) == 2 * number
    assert sorted(one for one in said if isinstance(one, bool)) == [False, True][:number]


def test_what_is_approved_and_withdrawn_at_once_is_approved_by_no_one_afterwards(people):
    one, two = people
    subject = new_uuid()
    approve(one, TWO, subject, on=DAY)

    answers(
        lambda: approve(two, TWO, subject, on=DAY),
        lambda: withdraw(one, TWO, subject, on=DAY),
    )

    later = answers(lambda: approve(employ(StaffRole.SUPERVISOR), TWO, subject, on=DAY))
    assert later == [NO_PENDING_APPROVAL.code]
