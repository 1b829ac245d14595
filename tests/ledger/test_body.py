# SPDX-License-Identifier: EUPL-1.2
"""The body of an entry: one sequence of bytes, whether Python or SQL writes it; and nobody changes it afterwards."""

import datetime as dt
import json
import uuid

import psycopg
import pytest
from django.db import connection
from django.db.utils import DataError, ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollkeeper.kernel import database, server
from rollkeeper.ledger.acts import entry_body
from rollkeeper.ledger.verbs import Verb

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=12)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1)
BODIES = st.fixed_dictionaries(
    {
        "verb": st.sampled_from(Verb),
        "at": st.datetimes(
            dt.datetime(1000, 1, 2), dt.datetime(9999, 12, 30), timezones=st.timezones(no_cache=True)
        ),
        "on": st.dates(dt.date(1000, 1, 1), dt.date(9999, 12, 31)),
        "role": TEXT,
        "actor": TEXT,
        "line_id": st.none() | st.uuids(),
        "commitment": st.none() | TEXT,
        "pack": st.none() | TEXT,
        "article": st.none() | TEXT,
        "facts": st.dictionaries(KEYS, TEXT | NUMBERS | st.booleans(), max_size=6),
    }
)
TABLES = [
    "ledger_entry",
    "ledger_leaf",
    "ledger_tile",
    "ledger_integration",
    "ledger_checkpoint",
    "ledger_publication",
]


def body_by_sql(facts, *, verb, at, on, role, actor, line_id, commitment, pack, article):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_body(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb)",
            [verb.value, at, on, role, actor, pack, article, line_id, commitment, json.dumps(facts)],
        )
        return cursor.fetchone()[0].encode()


@given(BODIES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_sql_and_python_write_the_same_bytes(register, body):
    by_python = entry_body(**body)

    assert body_by_sql(**body) == by_python


def test_the_bytes_of_a_whole_body_are_these():
    body = entry_body(
        verb=Verb.LINE_SUSPENDED,
        at=dt.datetime(2012, 3, 2, 1, 0, 0, 999_999, tzinfo=dt.UTC),
        on=dt.date(2012, 3, 2),
        role="sweep",
        actor="sweep",
        line_id=uuid.UUID(int=1),
        commitment="ab" * 32,
        pack="cd" * 32,
        article="art. 3",
        facts={"reason": "registration", "counted_days": 60, "first_share": True},
    )

    assert body == (
        b'{"actor":"sweep","article":"art. 3","at":"2012-03-02T01:00:00.999Z","day":"2012-03-02",'
        b'"facts":{"counted_days":60,"first_share":true,"reason":"registration"},'
        b'"line":"00000000-0000-0000-0000-000000000001",'
        b'"pack":"'
        + b"cd" * 32
        + b'","person":"'
        + b"ab" * 32
        + b'","role":"sweep","v":1,"verb":"line:line:suspended"}'
    )


@pytest.mark.parametrize(
    "facts", [{"a": 1.5}, {"a": None}, {"a": [1]}, {"a": {"b": 1}}, {"a": 2**53}, {"é": 1}], ids=repr
)
def test_sql_refuses_facts_that_two_programs_could_write_differently(register, facts):
    with pytest.raises(DataError, match="the facts of an entry are"), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_facts(%s::jsonb)", [json.dumps(facts)])


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("what", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("role", ["counter", "office", "sweep", "vault", "auditor", "migrator"])
def test_no_role_changes_the_ledger(register, as_role, role, what, table):
    statement = what.format(table, first_column(table) + " = NULL")

    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        database.run(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("what", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_an_owner_who_gave_the_rights_back_to_himself_still_meets_the_trigger(register, what, table):
    database.run("GRANT UPDATE, DELETE, TRUNCATE ON " + table + " TO migrator")
    statement = what.format(table, first_column(table) + " = NULL")

    with pytest.raises(ProgrammingError, match="append-only"):
        database.run(statement)


@pytest.mark.parametrize("table", TABLES)
def test_the_superuser_meets_the_trigger_too(home, table):
    with (
        psycopg.connect(
            host=str(server.socket_folder()),
            port=server.REGISTER.port,
            dbname="rollkeeper_register",
            user=server.SUPERUSER,
            password=server.password(server.REGISTER, server.SUPERUSER),
        ) as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        owner.execute("TRUNCATE " + table)


def first_column(table):
    return {"ledger_entry": "body", "ledger_leaf": "leaf_hash", "ledger_tile": "hashes"}.get(table, "size")
