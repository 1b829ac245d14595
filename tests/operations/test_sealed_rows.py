# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the counter's database session, and asks by inserting which sealed rows there are about whom."""

import pytest
from django.db import DatabaseError, connection, transaction

from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid

pytestmark = pytest.mark.usefixtures("register")
INTO = {
    "vault_sealed": "INSERT INTO vault_sealed (person_id, tenure_id, field, ciphertext) VALUES (%s, %s, 'iccid:7', 'x')",
    "vault_copy": "INSERT INTO vault_copy (person_id, tenure_id, position, digest) VALUES (%s, %s, 0, 'x')",
}
OLD = "019ab000-0000-7000-8000-000000000001"
"""A tenure of November 2025, as another is not."""


def heard(statement, parameters):
    """What a session hears of a statement, which it takes back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            said = cursor.fetchall() if cursor.description else cursor.rowcount
            transaction.set_rollback(True)
            return str(said)
    except DatabaseError as fault:
        return str(fault).partition("DETAIL")[0]


@pytest.mark.parametrize("of_table", sorted(INTO))
@pytest.mark.parametrize("how", ["{}", "{} ON CONFLICT DO NOTHING", "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) {} ON CONFLICT DO NOTHING"])  # fmt: skip
def test_a_counter_learns_of_no_older_tenure_what_is_sealed_of_it(as_role, of_table, how):
    person, statement = new_uuid(), how.format(INTO[of_table])
    run(INTO[of_table], [person, OLD])

    with as_role("counter"):
        told = {heard(statement, [who, OLD]) for who in (person, new_uuid())}

    assert len(told) == 1
    assert "of_an_older_tenure" in told.pop()


@pytest.mark.parametrize("of_table", sorted(INTO))
def test_a_counter_seals_what_belongs_to_a_tenure_that_it_begins(as_role, of_table):
    with as_role("counter"):
        assert heard(INTO[of_table], [new_uuid(), new_uuid()]) == "1"
        assert "of_an_older_tenure" in heard(
            INTO[of_table], [new_uuid(), "00000000-0000-4000-8000-000000000001"]
        )
