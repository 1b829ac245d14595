# SPDX-License-Identifier: EUPL-1.2
"""A clerk with an account, a page before them, and a carrier."""

import datetime as dt

import pytest

from rollkeeper.access.acts import add_staff, authority_of
from rollkeeper.access.authority import console_authority, sweep_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.captures import carrying
from rollkeeper.kernel import clock
from rollkeeper.vault.acts import begin_first_epoch
from rollkeeper.vault.capture_keys import renew_capture_keys
from tests.captures.browsers import Browser
from tests.enrolment.conftest import limited, routed, seconded  # noqa: F401 - fixtures that are shared

ON = dt.date(2012, 3, 2)


@pytest.fixture
def counter(committed, quick_passwords):
    """A home with keys, on a day, with a clerk. Openings are entered by commits of their own: all is emptied behind it."""
    begin_first_epoch()
    renew_capture_keys(console_authority(), lasts_days=7, on=ON)
    clock.give_day(ON)


@pytest.fixture
def clerk(counter):
    add_staff(
        console_authority(), username="clerk", password="an invented pass phrase", roles=[StaffRole.CLERK],
        on=dt.date(2000, 1, 1),
    )  # fmt: skip
    return authority_of(Staff.objects.get(username="clerk"))


@pytest.fixture
def browser(clerk):
    return Browser(clerk)


@pytest.fixture
def carry():
    """Carry everything that waits."""
    return lambda **asked: carrying.carry_all(sweep_authority(), **asked)
