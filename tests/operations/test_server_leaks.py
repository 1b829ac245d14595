# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a process: what the server itself tells it about what it may not read."""

import psycopg
import pytest
from django.db import DatabaseError, transaction

from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import Role, rows, run
from rollkeeper.platform import embedded_postgres

pytestmark = pytest.mark.usefixtures("register")
ROLES = [role.value for role in Role if role is not Role.MIGRATOR]
APPS = ["counter", "backoffice", "portal"]


def refused(statement):
    """Whether the register refuses a statement."""
    try:
        with transaction.atomic():
            rows(statement)
    except DatabaseError:
        return True
    return False


def test_every_function_with_its_owners_rights_has_a_fixed_search_path():
    found = rows(
        "SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        " AND NOT coalesce(proconfig && ARRAY['search_path=public, pg_temp', 'search_path=pg_catalog, pg_temp'], false)"
        " AND pg_has_role('migrator', proowner, 'USAGE') ORDER BY proname"
    )

    assert not found


def test_no_function_with_its_owners_rights_takes_the_day_of_the_sessions_zone():
    found = rows(
        r"SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        r" AND coalesce(pg_get_function_sqlbody(oid), prosrc) ~* '(_timestamp\(\)|now\(\))::(date|timestamp\M)|current_date|localtime'"
        " ORDER BY proname"
    )

    assert not found


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT n_tup_ins FROM pg_stat_all_tables WHERE relname = 'vault_alarm'",
        "SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'vault_openingcount'",
        "SELECT seq_scan FROM pg_stat_xact_all_tables WHERE relname = 'vault_alarm'",
        "SELECT idx_scan FROM pg_stat_all_indexes WHERE relname = 'vault_alarm'",
        "SELECT heap_blks_read FROM pg_statio_all_tables WHERE relname = 'vault_alarm'",
        "SELECT pg_relation_size('vault_alarm')",
        "SELECT pg_total_relation_size('vault_alarm')",
        "SELECT pg_table_size('vault_alarm')",
        "SELECT pg_indexes_size('vault_alarm')",
    ],
)
def test_no_app_sees_by_statistics_whether_an_alarm_was_raised(as_role, role, statement):
    with as_role(role):
        assert refused(statement)


@pytest.mark.parametrize("role", [*APPS, "auditor"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_current_wal_insert_lsn()",
        "SELECT pg_current_wal_lsn()",
        "SELECT pg_current_wal_flush_lsn()",
        "SELECT redo_lsn FROM pg_control_checkpoint()",
        "SELECT tup_inserted FROM pg_stat_database",
        "SELECT xact_commit FROM pg_stat_database",
        "SELECT pg_stat_get_db_tuples_updated(oid) FROM pg_database",
        "SELECT wal_bytes FROM pg_stat_wal",
        "SELECT writes FROM pg_stat_io",
        "SELECT blks_hit FROM pg_stat_slru",
        "SELECT buffers_alloc FROM pg_stat_bgwriter",
        "SELECT num_requested FROM pg_stat_checkpointer",
        "SELECT pg_database_size(current_database())",
        "SELECT pg_current_snapshot()",
        "SELECT txid_current_snapshot()",
        "SELECT age('3'::xid)",
        "SELECT mxid_age('1'::xid)",
        "SELECT backend_xid FROM pg_stat_activity",
        "SELECT pg_logical_emit_message(false, 'a', 'b')",
        "SELECT pg_logical_emit_message(true, 'a', 'b'::bytea)",
        "SELECT pg_stat_get_backend_wal(pg_backend_pid())",
        "SELECT pg_stat_get_backend_io(pg_backend_pid())",
        "SELECT pg_stat_get_backend_subxact(id) FROM pg_stat_get_backend_idset() AS one (id)",
        "SELECT pg_stat_get_backend_pid(1)",
        "SELECT pg_stat_get_progress_info('ANALYZE')",
        "SELECT pg_blocking_pids(pg_backend_pid())",
        "SELECT txid_status(1000)",
        "SELECT pg_xact_status('1000')",
        "SELECT pg_get_multixact_members('1')",
        "SELECT restart_lsn FROM pg_replication_slots",
        "SELECT pg_last_wal_replay_lsn()",
        "SELECT * FROM pg_available_wal_summaries()",
        "SELECT xmin FROM pg_db_role_setting",
        "SELECT xmin FROM pg_default_acl",
        "SELECT xmin FROM pg_shdepend",
    ],
)
def test_no_app_hears_of_the_server_how_much_others_wrote(as_role, role, statement):
    """A worker writes more for a number that is a line's; an app that asks before and after would try all numbers."""
    with as_role(role):
        assert refused(statement)


@pytest.mark.parametrize("role", ["portal", "auditor"])
@pytest.mark.parametrize(
    "statement",
    ["SELECT pg_current_xact_id()", "SELECT txid_current()", "SELECT pg_current_xact_id_if_assigned()"],
)
def test_who_enters_nothing_is_told_the_number_of_no_transaction(as_role, role, statement):
    with as_role(role):
        assert refused(statement)


@pytest.mark.parametrize("role", [*APPS, "auditor"])
@pytest.mark.parametrize("statement", ["SELECT objid FROM pg_locks", "SELECT * FROM pg_lock_status()"])
def test_no_app_sees_what_document_another_session_locks(as_role, role, statement):
    rows("SELECT kernel_lock('line_limit', ARRAY['the hash of a document'])")

    with as_role(role):
        assert refused(statement)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_sees_in_the_planners_statistics_what_it_may_not_read(as_role, role):
    run("ANALYZE access_staff, lines_number")

    with as_role(role):
        found = rows(
            "SELECT s.tablename, s.attname FROM pg_stats s WHERE s.schemaname = 'public'"
            " AND NOT has_column_privilege(format('public.%I', s.tablename), s.attname, 'SELECT')"
        )
        hidden = refused("SELECT stavalues1 FROM pg_statistic LIMIT 1")

    assert (found, hidden) == ([], True)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_sees_what_another_asks(as_role, role):
    own = {"console": {"console", "worker"}}.get(role, {role})
    asked = "SELECT usename::text AS usename FROM pg_stat_activity WHERE query NOT IN ('', '<insufficient privilege>')"
    with as_role(role):
        seen = [] if role in {*APPS, "auditor"} and refused(asked) else rows(asked)

    assert {row.usename for row in seen} <= own


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE migrator",
        "SET SESSION AUTHORIZATION migrator",
        "SET session_replication_role = replica",
        "CREATE FUNCTION public.lines_restore() RETURNS void LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_stat_reset()",
        "SELECT lo_create(0)",
        "SELECT setval('ledger_entry_entry_id_seq', 1)",
        "DROP TRIGGER ledger_role_verbs ON ledger_entry",
        "ALTER TABLE lines_line DISABLE TRIGGER ALL",
    ],
)
def test_no_role_steps_out_of_its_rights(role, statement):
    with database.connect(stores.REGISTER, role) as session, pytest.raises(psycopg.Error):
        session.execute(statement)


def test_what_a_role_set_for_its_later_sessions_is_gone_after_an_upgrade():
    place = database.embedded_address(stores.REGISTER) | {
        "dbname": "rollkeeper_register", "user": embedded_postgres.SUPERUSER, "autocommit": True,
        "password": stores.password(stores.REGISTER, embedded_postgres.SUPERUSER),
    }  # fmt: skip
    from rollkeeper.operations.bootstrap import _page

    with database.connect(stores.REGISTER, "counter") as session:
        session.execute("ALTER ROLE counter SET default_transaction_read_only = on")
    with psycopg.connect(**place) as owner:
        owner.execute(_page("server_rights"))
    with database.connect(stores.REGISTER, "counter") as session:
        (found,) = session.execute("SHOW default_transaction_read_only").fetchone()

    assert found == "off"
