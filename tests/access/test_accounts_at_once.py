# SPDX-License-Identifier: EUPL-1.2
"""Accounts made at the same instant: of one name there is one, and who came second is told so."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import USER_NAME_TAKEN
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import make_account
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from tests.registration.test_concurrency import together

DAY = dt.date(2012, 3, 2)


@pytest.mark.usefixtures("committed")
def test_of_accounts_of_one_name_made_at_once_one_is_made_and_the_others_are_refused():
    clock.set_demo_date(DAY)

    said = together(*[
        lambda: make_account(
            console_authority(), username="clerk-51", password=None, roles=[StaffRole.CLERK], on=DAY
        ).username
    ] * 4)  # fmt: skip

    codes = [one.code if isinstance(one, RollkeeperError) else one for one in said]
    assert sorted(codes, key=str) == sorted(["clerk-51", *[USER_NAME_TAKEN.code] * 3], key=str)
    assert Staff.objects.filter(username="clerk-51").count() == 1
