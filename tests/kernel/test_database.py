"""The register is a real PostgreSQL with rights for each role."""

import pytest
from django.db import close_old_connections, connection, connections
from django.db.utils import DatabaseError, ProgrammingError

from rollkeeper.kernel import database, stores
from rollkeeper.kernel.instance import instance
from tests.superuser import as_superuser


def test_the_counter_cannot_read_what_is_sealed(register, as_role):
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("counter"):
        database.rows("SELECT ciphertext FROM vault_sealed")


SEALED_OF_A_LINE = ("number_sealed", "contact_sealed")


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "vault", "auditor"])
@pytest.mark.parametrize("column", SEALED_OF_A_LINE)
def test_who_sends_nothing_cannot_read_what_is_sealed_of_a_line(register, as_role, role, column):
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        database.rows(f"SELECT {column} FROM lines_line")  # noqa: S608


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "vault", "auditor"])
@pytest.mark.parametrize("column", SEALED_OF_A_LINE)
def test_no_app_puts_another_address_in_the_place_of_a_lines(register, as_role, role, column):
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        database.run(f"UPDATE lines_line SET {column} = ''")  # noqa: S608


@pytest.mark.parametrize("role", ["counter", "backoffice", "auditor"])
def test_apps_read_all_else_of_a_line(register, as_role, role):
    named = {row.name for row in database.rows(
        "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'lines_line'::regclass AND attnum > 0 AND NOT attisdropped"
    )}  # fmt: skip

    with as_role(role):
        read = {row.name for row in database.rows(
            "SELECT attname AS name FROM pg_attribute WHERE attrelid = 'lines_line'::regclass AND attnum > 0"
            " AND has_column_privilege('lines_line', attname, 'SELECT')"
        )}  # fmt: skip

    assert named - read == {*SEALED_OF_A_LINE, "number_index"}


@pytest.mark.parametrize("role", ["counter", "backoffice", "worker", "vault", "auditor", "migrator"])
@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET body = ''", "DELETE FROM ledger_entry"])
def test_no_role_changes_or_removes_a_ledger_entry(register, as_role, role, statement):
    with (
        # The owner may reduce erased entries through one function; a trigger refuses it everything else.
        pytest.raises(DatabaseError, match=r"permission denied|append-only"),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_rows_read_json(register):
    from rollkeeper.kernel.database import rows

    assert rows("""SELECT '{"a": 1}'::jsonb AS found""")[0].found == {"a": 1}
    assert rows("""SELECT '{"a": 1}'::json AS found, '["b"]'::jsonb AS other""")[0] == ({"a": 1}, ["b"])
    assert rows("""SELECT '"a"'::json AS found, NULL::jsonb AS other""")[0] == ("a", None)


def test_a_plan_is_kept_once_its_query_was_asked_a_few_times(register):
    statement = "SELECT %s::text AS said, %s::bytea AS raw, NULL AS nothing"

    given = [database.prepared_rows(statement, [f"Invented {n}", bytes([n])])[0] for n in range(8)]

    assert given == [(f"Invented {n}", bytes([n]), None) for n in range(8)]
    assert given[0].said == "Invented 0"
    kept = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%AS nothing'"
    assert [row.statement for row in database.rows(kept)] == [
        "SELECT $1::text AS said, $2::bytea AS raw, NULL AS nothing"
    ]


def test_no_condition_of_a_trigger_is_planned_again_for_each_statement(register):
    planned = database.rows(
        "SELECT t.tgname AS trigger, p.proname AS function FROM pg_trigger t"
        "  JOIN pg_depend d ON d.classid = 'pg_trigger'::regclass AND d.objid = t.oid"
        "  JOIN pg_proc p ON d.refclassid = 'pg_proc'::regclass AND p.oid = d.refobjid"
        "  JOIN pg_language l ON l.oid = p.prolang WHERE l.lanname = 'sql'"
    )

    # A constant of the instance is written in, and is all that there is to plan.
    assert [one for one in planned if one.function != "kernel_is_production"] == []


def test_a_kept_query_is_refused_in_the_same_words_as_any(register, as_role):
    with pytest.raises(ProgrammingError, match="permission denied"), as_role("counter"):
        database.prepared_rows("SELECT ciphertext FROM vault_sealed")


def test_no_value_stays_behind_in_a_plan(register):
    for _ in range(8):
        database.rows("SELECT %s::text AS value", ["Invented"])
        database.prepared_rows("SELECT %s::text AS value", ["Invented"])

    kept = database.rows("SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%AS value'")
    assert [row.statement for row in kept] == ["SELECT $1::text AS value"]


def test_everything_that_a_servers_url_says_reaches_the_connection(monkeypatch):
    url = "postgresql://one.example:5432,two.example:5433/register?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=3"
    away = instance().model_copy(update={"register_url": url})
    monkeypatch.setattr(database, "instance", lambda: away)

    made = database.address(stores.REGISTER, "worker")

    assert (made["HOST"], made["PORT"], made["NAME"]) == ("one.example,two.example", "5432,5433", "register")
    assert made["OPTIONS"]["sslmode"] == "verify-full"
    assert made["OPTIONS"]["sslrootcert"] == "/etc/ca.pem"
    assert made["OPTIONS"]["connect_timeout"] == "3"
    assert made["OPTIONS"]["target_session_attrs"] == "read-write"
    assert made["OPTIONS"]["require_auth"] == "scram-sha-256"


@pytest.fixture
def with_health_checks(committed):
    """A connection as an app has it, given back as it was."""
    connection.close()
    connection.ensure_connection()
    yield connections
    connection.close()


def begin_request():
    """What a request of an app begins with. Django's test client has put the receivers of that signal into another order."""
    close_old_connections()
    database.trust_quiet_connections()


def test_a_request_asks_nothing_of_a_server_that_is_there(with_health_checks, monkeypatch):
    store = with_health_checks["default"]
    monkeypatch.setattr(store, "is_usable", lambda: pytest.fail("asked without a reason"))

    begin_request()

    assert database.prepared_rows("SELECT 1 AS n")[0].n == 1


def test_a_request_connects_again_where_the_server_has_ended_the_connection(with_health_checks):
    (mine,) = database.rows("SELECT pg_backend_pid() AS pid")
    with as_superuser() as owner:
        owner.execute("SELECT pg_terminate_backend(%s, 5000)", [mine.pid])

    begin_request()

    assert database.rows("SELECT pg_backend_pid() AS pid")[0].pid != mine.pid
