# SPDX-License-Identifier: EUPL-1.2
"""A registration reads rows by index from the first hour of an instance, before there are statistics of its tables."""

import pytest

from rollkeeper.kernel.database import rows, run
from rollkeeper.registration.services import register_subscriber
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")
_GROWS_WITH_THE_REGISTER = "^(lines|subscribers|registration|vault|notices|provisioning|ledger)_"


@pytest.fixture
def register_at_counter(clerk, as_role):
    """Register as a session of the counter does, with the plans that its role begins with: `SET ROLE` alone leaves that out."""
    (role,) = rows("SELECT rolconfig FROM pg_roles WHERE rolname = 'counter'")
    plans = [one.split("=", 1) for one in role.rolconfig if one.startswith("enable_")]

    run("DISCARD PLANS")  # those of other tests' sessions

    def act(*people):
        with as_role("counter"):
            for setting in plans:
                run("SELECT set_config(%s, %s, true)", setting)
            for who in people:
                register_subscriber(clerk, submission(fresh_number(), who), on=ON)

    return act


def rows_read_by_scans():
    """Return of each table how many rows this transaction read in scans of the whole."""
    return {
        row.relname: row.seq_tup_read
        for row in rows(
            "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE relname ~ %s AND seq_tup_read > 0",
            [_GROWS_WITH_THE_REGISTER],
        )
    }


def test_a_registration_scans_no_table_that_grows_with_the_register(register_at_counter):
    who = person()
    register_at_counter(who, *(person() for _ in range(9)))  # plans are made while nothing is there
    before = rows_read_by_scans()

    register_at_counter(who)

    assert rows_read_by_scans() == before
