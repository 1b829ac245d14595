"""The register is a real PostgreSQL with rights for each role."""

import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from rollkeeper.kernel import database


def test_the_counter_cannot_read_what_is_sealed(register, as_role):
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("counter"):
        database.rows("SELECT ciphertext FROM vault_sealed")


@pytest.mark.parametrize("role", ["counter", "office", "sweep", "vault", "auditor", "migrator"])
@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET body = ''", "DELETE FROM ledger_entry"])
def test_no_role_changes_or_removes_a_ledger_entry(register, as_role, role, statement):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_rows_read_json(register):
    from rollkeeper.kernel.database import rows

    assert rows("""SELECT '{"a": 1}'::jsonb AS found""")[0].found == {"a": 1}
