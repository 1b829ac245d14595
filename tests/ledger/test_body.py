# SPDX-License-Identifier: EUPL-1.2
"""The body of an entry: the same bytes from Python and SQL, and never changed afterwards."""

import datetime as dt
import json
import re
import uuid

import psycopg
import pytest
from django.db import connection
from django.db.utils import DataError, ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollkeeper.kernel import database
from rollkeeper.ledger.entry_schema import ABSENT, REQUIRED, FactType, InvalidEntry
from rollkeeper.ledger.services import entry_body
from rollkeeper.ledger.verbs import Verb
from tests.examples import EXAMPLES
from tests.superuser import as_superuser

TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
ARTICLES = TEXT.filter(bool)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
CODES = st.from_regex(re.compile("[a-z][a-z0-9_]{0,39}", re.ASCII), fullmatch=True)
DAYS = st.dates(dt.date(1000, 1, 1), dt.date(9999, 12, 31))
INSTANTS = st.datetimes(
    dt.datetime(1000, 1, 2), dt.datetime(9999, 12, 30), timezones=st.timezones(no_cache=True)
)
ACTORS = DIGESTS | st.sampled_from(["console", "worker"])
VALUES = {
    FactType.CODE: CODES,
    FactType.REFERENCE: st.uuids().map(str),
    FactType.DIGEST: DIGESTS,
    FactType.ACTOR: ACTORS,
    FactType.DAY: DAYS.map(dt.date.isoformat),
    FactType.INSTANT: INSTANTS.map(lambda at: at.astimezone(dt.UTC).isoformat()),
    FactType.COUNT: st.integers(0, 10**15 - 1),
    FactType.FLAG: st.booleans(),
}


def given_as(need, values):
    """What a form wants: always there, never there, or either."""
    return st.none() if need is ABSENT else values if need is REQUIRED else st.none() | values


def body_of(verb):
    """Bodies that the verb's form allows."""
    schema = verb.schema
    facts = st.fixed_dictionaries(
        {name: VALUES[kind] for name, kind in schema.facts.items()},
        optional={name: VALUES[kind] for name, kind in schema.optional.items()},
    )
    return st.fixed_dictionaries(
        {
            "verb": st.just(verb),
            "at": INSTANTS,
            "on": DAYS,
            "role": CODES,
            "actor": ACTORS,
            "line_id": given_as(schema.line, st.uuids()),
            "commitment": given_as(schema.person, DIGESTS),
            "pack": given_as(schema.pack, DIGESTS),
            "article": given_as(schema.article, ARTICLES),
            "facts": facts,
        }
    )


BODIES = st.sampled_from(Verb).flatmap(body_of)
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
@settings(
    max_examples=75 * EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_sql_and_python_write_the_same_bytes(register, body):
    by_python = entry_body(**body)

    assert body_by_sql(**body) == by_python


def test_the_bytes_of_a_whole_body_are_these():
    body = entry_body(
        verb=Verb.LINE_SUSPENDED,
        at=dt.datetime(2012, 3, 2, 1, 0, 0, 999_999, tzinfo=dt.UTC),
        on=dt.date(2012, 3, 2),
        role="worker",
        actor="worker",
        line_id=uuid.UUID(int=1),
        commitment=None,
        pack="cd" * 32,
        article="art. 3 第三条",
        facts={
            "last_day": "2012-03-01",
            "anchor": "2012-01-01",
            "batch": "00000000-0000-0000-0000-000000000002",
        },
    )

    assert body == (
        '{"actor":"worker","article":"art. 3 第三条","at":"2012-03-02T01:00:00.999Z","day":"2012-03-02",'
        '"facts":{"anchor":"2012-01-01","batch":"00000000-0000-0000-0000-000000000002","last_day":"2012-03-01"},'
        '"line":"00000000-0000-0000-0000-000000000001","pack":"' + "cd" * 32 + '",'
        '"role":"worker","v":1,"verb":"line:line:suspended"}'
    ).encode()  # fmt: skip


LOOKED_AT = {"field": "name", "purpose": "complaint"}
WAIVED = {"because": "unreachable", "campaign": str(uuid.UUID(int=8))}
ENDED = {"batch": str(uuid.UUID(int=7)), "undone": 3}


def a_body(**otherwise):
    """A good body, but for what the test says."""
    return {
        "verb": Verb.SEALED_OPENED, "at": dt.datetime(2012, 3, 2, tzinfo=dt.UTC), "on": dt.date(2012, 3, 2),
        "role": "supervisor", "actor": "0f" * 32, "line_id": uuid.UUID(int=1), "commitment": "f0" * 32, "pack": None,
        "article": None, "facts": LOOKED_AT,
    } | otherwise  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"facts": LOOKED_AT | {"name": "invented"}},
        {"facts": {"field": "name"}},
        {"facts": {}},
        {"facts": LOOKED_AT | {"purpose": "Invented Person"}},
        {"facts": LOOKED_AT | {"purpose": "卓玛"}},
        {"facts": LOOKED_AT | {"purpose": ""}},
        {"facts": LOOKED_AT | {"purpose": "x" * 41}},
        {"facts": LOOKED_AT | {"purpose": 1}},
        {"facts": LOOKED_AT | {"purpose": None}},
        {"facts": LOOKED_AT | {"purpose": ["complaint"]}},
        {"facts": LOOKED_AT | {"purpose": 'a"b'}},
        {"facts": LOOKED_AT | {"purpose": "complaint\n"}},
        {"facts": LOOKED_AT | {"tenure": "13800000000"}},
        {"facts": LOOKED_AT | {"tenure": str(uuid.UUID(int=2**127 - 1)).upper()}},
        {"facts": LOOKED_AT | {"tenure": uuid.UUID(int=1).hex}},
        {"facts": LOOKED_AT | {"second": "AB" * 32}},
        {"facts": LOOKED_AT | {"second": "zz" * 32}},
        {"facts": LOOKED_AT | {"second": " " * 64}},
        {"facts": LOOKED_AT | {"second": "somebody"}},
        {"verb": Verb.BATCH_UNDONE, "pack": "cd" * 32, "line_id": None, "commitment": None, "facts": ENDED | {"undone": -1}},
        {"verb": Verb.BATCH_UNDONE, "pack": "cd" * 32, "line_id": None, "commitment": None, "facts": ENDED | {"undone": True}},
        {"verb": Verb.BATCH_UNDONE, "pack": "cd" * 32, "line_id": None, "commitment": None, "facts": ENDED | {"undone": 1.5}},
        {"verb": Verb.BATCH_UNDONE, "pack": "cd" * 32, "line_id": None, "commitment": None, "facts": ENDED | {"undone": 10**15}},
        {"verb": Verb.BATCH_UNDONE, "pack": None, "line_id": None, "commitment": None, "facts": ENDED},
        {"verb": Verb.LINE_MARKED_ESSENTIAL, "commitment": None, "facts": {"essential": 1}},
        {"verb": Verb.LINE_EXPLAINED, "commitment": None, "facts": {"about": "2 March"}},
        {"verb": Verb.LINE_LOOKED_UP, "line_id": None, "commitment": None, "facts": {}},
        {"verb": Verb.LINE_LOOKED_UP, "commitment": None, "facts": LOOKED_AT},
        {"pack": "cd" * 32},
        {"article": "art. 5"},
        {"commitment": "Invented Person"},
        {"commitment": "f0" * 31},
        {"actor": "clerk"},
        {"actor": ""},
        {"role": "The Supervisor"},
    ],
    ids=repr,
)  # fmt: skip
def test_neither_python_nor_sql_writes_what_the_form_does_not_allow(register, wrong):
    body = a_body(**wrong)

    with pytest.raises(InvalidEntry):
        entry_body(**body)
    with pytest.raises(DataError):
        body_by_sql(**body)


def test_the_body_that_these_spoil_is_good(register):
    body = a_body()

    assert body_by_sql(**body) == entry_body(**body)


def test_a_refusal_repeats_no_value(register):
    body = a_body(
        facts=LOOKED_AT | {"purpose": "Invented Person", "tenure": "Invented Person"},
        actor="Invented Person",
    )

    with pytest.raises(InvalidEntry) as by_python:
        entry_body(**body)
    with pytest.raises(DataError) as by_sql:
        body_by_sql(**body)

    assert "Invented" not in str(by_python.value) + str(by_sql.value)


@given(
    st.sampled_from(FactType),
    TEXT | CODES | DIGESTS | st.uuids().map(str) | st.integers() | st.booleans() | st.floats() | st.none(),
)
@settings(
    max_examples=75 * EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_sql_and_python_hold_the_same_for_a_fact_of_a_kind(register, kind, value):
    said = json.dumps(value, ensure_ascii=False)

    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_fits(%s, %s)", [kind.value[0], said])
        by_sql = cursor.fetchone()[0]

    assert by_sql is kind.fits(value)


@pytest.mark.parametrize(
    ("article", "is_let"), [("", False), ("3", True), ("条" * 40, True), ("条" * 41, False)]
)
def test_an_article_is_a_short_name_and_no_text(register, article, is_let):
    body = a_body(verb=Verb.LINE_WAIVED, commitment=None, pack="cd" * 32, article=article, facts=WAIVED)

    if is_let:
        assert body_by_sql(**body) == entry_body(**body)
    else:
        with pytest.raises(InvalidEntry):
            entry_body(**body)
        with pytest.raises(DataError):
            body_by_sql(**body)


GOOD = {"verb": "line:line:looked_up", "line": str(uuid.UUID(int=1)), "role": "clerk"}


def whole(**otherwise):
    """A body as a process that was taken over might write it."""
    said = {
        "actor": "0f" * 32,
        "at": "2012-03-02T01:00:00.000Z",
        "day": "2012-03-02",
        **GOOD,
        "v": 1,
    } | otherwise
    return json.dumps(
        {key: said[key] for key in sorted(said) if said[key] is not None},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def append_as_it_is(body, *, verb=GOOD["verb"], line=GOOD["line"]):
    database.run(
        "INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)"
        " VALUES ('2012-03-02 01:00Z', '2012-03-02', %s, %s, uuidv7(), %s)",
        [verb, line, body],
    )


@pytest.mark.parametrize("role", ["counter", "backoffice", "worker", "vault"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"body": "Invented Person, 13800000000"},
        {"body": '"Invented Person"'},
        {"body": "[]"},
        {"body": whole(note="Invented Person")},
        {"body": whole(role="Invented Person")},
        {"body": whole(facts={"name": "invented"})},
        {"body": whole(actor="somebody")},
        {"body": whole(v=2)},
        {"body": whole(at="2012-03-02T02:00:00.000Z")},
        {"body": whole(day="2012-03-03")},
        {"body": whole(line=str(uuid.UUID(int=2)))},
        {"body": whole(verb="line:receipt:accepted")},
        {"body": whole(verb="line:line:invented"), "verb": "line:line:invented"},
        {"body": whole(line=None), "line": None},
        {"body": whole() + " "},
        {"body": whole(role=None)},
        {"body": whole().replace("clerk", "\\u0063lerk")},
    ],
    ids=repr,
)
def test_no_role_writes_what_is_not_the_body_of_its_columns(register, as_role, role, wrong):
    with (
        pytest.raises(
            DataError, match=r"is not of its form|is missing|does not belong|not as they must be|is no digest"
        ),
        as_role(role),
    ):
        append_as_it_is(**wrong)


@pytest.mark.parametrize("role", ["counter", "worker", "vault_service"])
def test_the_body_that_these_spoil_is_let_in(register, as_role, role):
    with as_role(role):
        append_as_it_is(whole())


@pytest.mark.parametrize("column", ["entry_id", "xid"])
@pytest.mark.parametrize("role", ["counter", "backoffice", "worker", "vault"])
def test_no_role_chooses_where_its_entry_stands(register, as_role, role, column):
    with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
        database.run(
            f"INSERT INTO ledger_entry (at, day, verb, line_id, body, {column})"  # noqa: S608 - one of two names
            " VALUES ('2012-03-02 01:00Z', '2012-03-02', %s, %s, %s, '3')",
            [GOOD["verb"], GOOD["line"], whole()],
        )


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("what", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("role", ["counter", "backoffice", "worker", "vault", "auditor", "migrator"])
def test_no_role_changes_the_ledger(register, as_role, role, what, table):
    statement = what.format(table, first_column(table) + " = NULL")

    # The owner of the tables may update entries, to reduce erased ones by a function: a trigger refuses all else.
    with pytest.raises(ProgrammingError, match=r"permission denied|append-only"), as_role(role):
        database.run(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("what", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_an_owner_who_gave_the_rights_back_to_himself_still_meets_the_trigger(register, what, table):
    database.run("GRANT UPDATE, DELETE, TRUNCATE ON " + table + " TO migrator")
    statement = what.format(table, first_column(table) + " = NULL")

    with pytest.raises(ProgrammingError, match="append-only"):
        database.run(statement)


@pytest.mark.parametrize("table", TABLES)
def test_the_superuser_meets_the_trigger_too(data_dir, table):
    with (
        as_superuser() as owner,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        owner.execute("TRUNCATE " + table)


def first_column(table):
    return {"ledger_entry": "body", "ledger_leaf": "leaf_hash", "ledger_tile": "hashes"}.get(table, "size")
