# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app, and asks why the clock of a line is paused: who is in hospital, detained, disabled."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pytest
from psycopg import sql as pgsql

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.receipts import code_of
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.services import pause_clock, resume_clock
from rollkeeper.operations.bootstrap import set_limits
from tests.builders.lines import make_line

ON = dt.date(2012, 3, 2)
APPS = ["counter", "backoffice", "portal", "auditor"]
TELLING = ("hospital", "detention", "disability")


@pytest.fixture(scope="module")
def paused(empty_everything: Callable[[], None]) -> Iterator[dict[str, Any]]:
    """A line whose clock is paused because of its subscriber's stay in hospital, and the entry that says so: nothing here changes them."""
    empty_everything()
    line = make_line()
    for reason in (PauseReason.HOSPITAL, PauseReason.DETENTION, PauseReason.DISABILITY):
        pause_clock(console_authority(), line, ON, None, reason, ON)
    entry = pause_clock(console_authority(), line, ON, None, PauseReason.HOSPITAL, ON)
    resume_clock(console_authority(), line, ON, PauseReason.DETENTION, ON)
    (said,) = rows("SELECT body FROM ledger_entry WHERE entry_id = %s", [entry])
    run("ANALYZE ledger_entry, lines_pause")
    yield {"line": line, "entry": entry, "body": said.body, "code": code_of(entry, said.body.encode())}
    empty_everything()


@contextmanager
def session(role: str) -> Iterator[psycopg.Connection[Any]]:
    with database.connect(stores.REGISTER, role) as opened:
        yield opened


def heard(opened: psycopg.Connection[Any], statement: str, values: dict[str, Any]) -> str:
    """All that a session hears of a statement: its rows, its notices, its refusal."""
    said: list[str] = []
    opened.add_notice_handler(lambda notice: said.append(str(notice.message_primary)))
    try:
        with opened.transaction():
            given = opened.execute(statement, values)
            if given.description:
                said += [str(row) for row in given.fetchall()]
    except psycopg.Error as fault:
        said += [str(fault), str(fault.diag.message_detail), str(fault.diag.context)]
    return "\n".join(said)


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT body FROM ledger_entry",
        "SELECT body FROM ledger_entry WHERE verb = 'line:clock:paused'",
        "SELECT e FROM ledger_entry e",
        "SELECT to_jsonb(e) FROM ledger_entry e",
        "TABLE ledger_entry",
        "SELECT reason FROM lines_pause",
        "SELECT p FROM lines_pause p",
        "SELECT row_to_json(p) FROM lines_pause p",
        "SELECT line_id, reason FROM lines_line JOIN lines_pause USING (line_id)",
        "SELECT l.line_id, e.body FROM lines_line l JOIN ledger_entry e USING (line_id)",
        "SELECT 'hospital' FROM ledger_entry WHERE body LIKE '%%hospital%%'",
        "SELECT 'hospital' FROM lines_pause WHERE reason = 'hospital' AND line_id = %(line)s",
        "SELECT max(body) FROM ledger_entry",
        "SELECT 1 / (reason <> 'hospital')::int FROM lines_pause",
        "SELECT (body || 'x')::int FROM ledger_entry WHERE verb = 'line:clock:paused'",
        "SELECT query_to_xml('SELECT * FROM lines_pause', true, true, '')",
        "SELECT table_to_xml('ledger_entry', true, true, '')",
        "SELECT array_agg(v) FROM pg_stats s, unnest(s.most_common_vals::text::text[]) v WHERE s.tablename = 'lines_pause'",
        "SELECT most_common_vals, histogram_bounds FROM pg_stats WHERE tablename IN ('lines_pause', 'ledger_entry')",
        "SELECT most_common_vals FROM pg_stats_ext",
        "SELECT stavalues1 FROM pg_statistic",
        "SELECT query FROM pg_stat_statements",
        "SELECT query FROM pg_stat_activity",
        "SELECT get_raw_page('lines_pause', 0)",
        "SELECT ctid, xmin, tableoid, reason FROM lines_pause",
        "INSERT INTO lines_pause SELECT * FROM lines_pause RETURNING reason",
        "UPDATE lines_pause SET reason = reason RETURNING reason",
        "DELETE FROM lines_pause RETURNING reason",
        "MERGE INTO lines_pause p USING lines_line l ON p.line_id = l.line_id WHEN MATCHED THEN DO NOTHING RETURNING p.reason",
        "INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body) SELECT at, day, verb, line_id, uuidv7(), body FROM ledger_entry RETURNING body",
        "SELECT lines_pauses_contradict_ledger(%(line)s) AND 'hospital' > ''",
        "SELECT ledger_reduced_body(body, verb) FROM ledger_entry",
        "SELECT * FROM lines_erased_pause",
    ],
)  # fmt: skip
def test_no_app_is_told_why_a_clock_is_paused(paused: dict[str, Any], role: str, statement: str) -> None:
    with session(role) as opened:
        said = heard(opened, statement, paused)

    told = said.replace(statement, "")
    assert not [word for word in TELLING if word in told.split("LINE 1:")[0]], told


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "copied",
    ["ledger_entry", "lines_pause", "ledger_entry (body)", "lines_pause (reason)", "(SELECT body FROM ledger_entry)"],
)  # fmt: skip
def test_no_app_copies_reasons_out(paused: dict[str, Any], role: str, copied: str) -> None:
    statement = pgsql.SQL("COPY " + copied + " TO STDOUT")
    with (
        session(role) as opened,
        opened.cursor() as cursor,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        cursor.copy(statement) as copy,
    ):
        list(copy)


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    ["SELECT reason FROM lines_pause", "SELECT body FROM ledger_entry", "SELECT line_id FROM ledger_entry"],
)
def test_no_app_reads_reasons_by_a_cursor_or_their_plan(
    paused: dict[str, Any], role: str, statement: str
) -> None:
    for kept in (
        "DECLARE kept CURSOR FOR " + statement,
        "EXPLAIN " + statement,
        "PREPARE p AS " + statement + "; EXECUTE p",
    ):
        with (
            session(role) as opened,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            opened.transaction(),
        ):
            opened.execute(kept)


@pytest.fixture
def new_day(data_dir: object) -> None:
    """No app has looked up anything today."""
    for app in ("counter", "backoffice"):
        run(f"SELECT setval('access_lookups_{app}', 0)")


def told(role: str, statement: str, values: dict[str, Any] | None = None) -> list[Any]:
    """What a session of a role is told."""
    with session(role) as opened:
        return opened.execute(statement, values).fetchall()


OF_CODE = "SELECT ledger_entry_of_code(%(entry)s, %(letters)s)"


def test_a_code_gives_its_own_entry_and_no_other(paused: dict[str, Any]) -> None:
    letters = paused["code"].partition("-")[2]

    assert told("counter", OF_CODE, paused | {"letters": letters}) == [(paused["body"],)]
    wrongs = {"", None, "0" * 6, letters[:5], letters.lower(), letters + "0"}
    for wrong in wrongs - {letters}:  # it may have no letter
        assert told("counter", OF_CODE, paused | {"letters": wrong}) == [(None,)]
    assert told("counter", OF_CODE, paused | {"entry": paused["entry"] + 1, "letters": letters}) == [(None,)]


def test_codes_that_are_guessed_are_counted_ten_times_and_rolled_back_never(
    paused: dict[str, Any], new_day: None
) -> None:
    set_limits(lookups_per_day=20)
    try:
        heard_of = []
        with session("counter") as opened:
            for _ in range(3):
                with suppress(psycopg.errors.CheckViolation), opened.transaction(force_rollback=True):
                    heard_of += opened.execute(OF_CODE, paused | {"letters": "000000"}).fetchall()
    finally:
        set_limits()

    assert heard_of == [(None,), (None,)]


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT submission_key FROM registration_submission",
        "SELECT receipt FROM registration_submission",
        (
            "INSERT INTO registration_submission (submission_key, receipt, made_at)"
            " VALUES (uuidv7()::text, jsonb_build_object('entry', %(entry)s::bigint), now())"
        ),
        "INSERT INTO registration_submission (submission_key, receipt, made_at) VALUES (uuidv7()::text, '{}', now())",
    ],
)
def test_no_app_has_a_key_to_an_entry_that_it_did_not_write(
    paused: dict[str, Any], role: str, statement: str
) -> None:
    with session(role) as opened, pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened.execute(statement, paused)


def test_no_app_learns_whether_a_customers_number_is_the_key_of_a_row(paused: dict[str, Any]) -> None:
    kept = "INSERT INTO registration_submission (submission_key, receipt, made_at) VALUES (%s, %s, now())"
    receipt = json.dumps(
        {
            "entry": paused["entry"],
            "verb": "line:tenure:registered",
            "line": str(paused["line"]),
            "day": ON.isoformat(),
        }
    )
    random = str(new_uuid())
    for key in ("13900001234", random):
        run(kept, [key, receipt])

    found = "SELECT submission_key FROM registration_receipts_of(%(keys)s)"
    tried = "INSERT INTO registration_submission (submission_key, receipt, made_at) VALUES (%(key)s, '{}', now()) ON CONFLICT DO NOTHING"

    assert told("counter", found, {"keys": ["13900001234", "13900005678", random]}) == [(random,)]
    with session("counter") as opened:
        said = {heard(opened, tried, {"key": key}) for key in ("13900001234", "13900005678")}
    assert len(said) == 1
    assert "registration_submission_of_a_key_that_is_not_random" in said.pop()


def test_no_app_learns_by_a_plan_whether_a_customers_number_is_the_key_of_a_row(
    paused: dict[str, Any],
) -> None:
    receipt = json.dumps(
        {"entry": paused["entry"], "verb": "line:tenure:registered", "line": str(paused["line"])}
    )
    for key in ("13900002345", str(new_uuid())):
        run(
            "INSERT INTO registration_submission (submission_key, receipt, made_at) VALUES (%s, %s, now())",
            [key, receipt],
        )
    asked = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT * FROM registration_receipts_of(ARRAY[%(key)s])"

    read = {}
    with session("counter") as opened:
        for _ in range(3):  # the first finds less in the session's own memory
            for key in ("13900002345", "13900006789"):
                ((plan,),) = opened.execute(asked, {"key": key}).fetchall()
                read[key] = plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]

    assert read["13900002345"] == read["13900006789"]


def test_a_pause_that_is_guessed_whole_is_not_confirmed(paused: dict[str, Any]) -> None:
    assert told("counter", "SELECT ledger_has_registration(%(line)s, %(body)s)", paused) == [(False,)]


def test_the_days_of_a_pause_are_told_without_their_reason_and_counted(
    paused: dict[str, Any], new_day: None
) -> None:
    set_limits(lookups_per_day=1)
    try:
        found = told("counter", "SELECT DISTINCT first FROM lines_pauses_of(%(line)s)", paused)
        with pytest.raises(psycopg.errors.CheckViolation, match="lookup_limit"):
            told("counter", "SELECT * FROM lines_pauses_of(%(line)s)", paused)
    finally:
        set_limits()

    assert found == [(ON,)]


@pytest.mark.parametrize("role", ["counter", "backoffice"])
def test_no_app_is_told_of_accesses_without_entering_its_own(paused: dict[str, Any], role: str) -> None:
    with session(role) as opened, pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened.execute(
            "SELECT * FROM lines_accesses_of(%(line)s, ARRAY['line:line:looked_up'], '2040-01-01')", paused
        )


def test_what_an_app_may_ask_of_a_sample_or_a_person_tells_of_no_pause(paused: dict[str, Any]) -> None:
    ranked = "SELECT * FROM reporting_ranked_entries('', '', 'line:clock:paused', '2000-01-01', '2040-01-01', 1000, 1000)"
    others = "SELECT agents_lines_of_person(%(entry)s, uuidv7(), '2000-01-01', '2040-01-01')"

    assert told("backoffice", ranked) == []
    assert told("counter", others, paused) == [(0,)]


@pytest.mark.parametrize(
    ("role", "column"),
    [
        ("counter", "selfcare_case.kind"), ("counter", "selfcare_case.line_id"), ("auditor", "selfcare_case.kind"),
        ("auditor", "selfcare_case.because"), ("auditor", "campaign_unreachablewaiver.because"),
        ("auditor", "lines_legalhold.line_id"), ("counter", "lines_legalhold.line_id"),
        ("backoffice", "disclosures_request.line_id"), ("backoffice", "disclosures_request.person_id"),
        ("auditor", "disclosures_request.line_id"), ("backoffice", "ledger_deferreddisclosuremark.disclosure_id"),
        *((role, f"lines_pause.{name}") for role in APPS for name in ("line_id", "days", "recorded_at", "evidence_due_on")),
        *((role, f"ledger_entry.{name}") for role in APPS for name in ("line_id", "person_id", "at", "xid", "body")),
    ],
)  # fmt: skip
def test_no_app_reads_who_died_is_suspected_or_asked_for_by_an_authority(
    data_dir: object, role: str, column: str
) -> None:
    table, name = column.split(".")

    (may,) = rows("SELECT has_column_privilege(%s, %s, %s, 'SELECT') AS read", [role, table, name])

    assert not may.read
