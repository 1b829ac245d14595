# SPDX-License-Identifier: EUPL-1.2
"""Who gets in: a code to the line itself, once, soon, after few tries; and nobody learns which numbers are ours."""

import datetime as dt
import hashlib
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.rules import Allowed, Refused
from rollkeeper.rights import door, porter
from rollkeeper.rights.errors import CodeNotRight, TooManyKnocks
from rollkeeper.rights.kinds import AskKind
from rollkeeper.rights.rules import may_send_code, spell_name
from rollkeeper.rights.visits import living_visit
from rollkeeper.vault.acts import begin_first_epoch
from tests.rights.people import NUMBER, ON, PERSON, enrol, visit

UNKNOWN = "+8613908919999"


def knock(number=NUMBER, source="203.0.113.9"):
    return door.knock(number, source=source, language="en")


def test_a_code_goes_to_the_line_itself_and_opens_the_door_once(at_door):
    enrol()

    knock_id = knock()
    token = door.show_code(knock_id, at_door.newest_code)

    assert at_door.messages[-1][0] == NUMBER
    assert "done" in door.ask(token, AskKind.SHOW, language="en")
    with pytest.raises(CodeNotRight):
        door.show_code(knock_id, at_door.newest_code)


@pytest.mark.parametrize("zero", ["０", "༠"])
def test_a_code_opens_in_the_figures_of_the_readers_own_script(at_door, zero):
    enrol()
    knock_id = knock()

    assert door.show_code(knock_id, " ".join(chr(ord(zero) + int(figure)) for figure in at_door.newest_code))


def test_a_code_is_kept_as_a_hash_alone_and_goes_when_it_is_used(at_door):
    enrol()
    knock_id = knock()
    code = at_door.newest_code

    (before,) = rows("SELECT * FROM rights_knock WHERE knock_id = %s", [knock_id])
    door.show_code(knock_id, code)
    (after,) = rows("SELECT code_hash FROM rights_knock WHERE knock_id = %s", [knock_id])

    assert code not in repr(before)
    assert code.encode() not in bytes(before.code_hash)
    assert after.code_hash is None


def test_five_wrong_tries_close_the_code_for_the_right_one_too(at_door):
    enrol()
    knock_id = knock()
    wrong = f"{(int(at_door.newest_code) + 1) % 10**8:08d}"

    for _ in range(settings().door_code_tries):
        with pytest.raises(CodeNotRight):
            door.show_code(knock_id, wrong)

    with pytest.raises(CodeNotRight):
        door.show_code(knock_id, at_door.newest_code)


def test_the_last_try_still_opens(at_door):
    enrol()
    knock_id = knock()
    for _ in range(settings().door_code_tries - 1):
        with pytest.raises(CodeNotRight):
            door.show_code(knock_id, "0")

    assert door.show_code(knock_id, at_door.newest_code)


def test_a_code_that_is_too_old_does_not_open(at_door):
    enrol()
    knock_id = knock()
    run("UPDATE rights_knock SET expires_at = clock_timestamp() - interval '1 second'")

    with pytest.raises(CodeNotRight):
        door.show_code(knock_id, at_door.newest_code)


def test_a_code_opens_only_where_it_was_asked_for(at_door):
    enrol()
    knock()
    other = knock(UNKNOWN)

    with pytest.raises(CodeNotRight):
        door.show_code(other, at_door.newest_code)


def test_an_unknown_number_takes_the_same_statements_and_gets_the_same_answers(at_door, monkeypatch):
    enrol()
    monkeypatch.setattr(door, "_call_porter", lambda: None)
    statements = {}

    for number in (NUMBER, UNKNOWN):
        with CaptureQueriesContext(connection) as seen:
            knock_id = knock(number)
        porter.carry_all(sweep_authority())
        with CaptureQueriesContext(connection) as tried, pytest.raises(CodeNotRight) as refused:
            door.show_code(knock_id, "00000000")
        shapes = [
            one["sql"].split("VALUES")[0].split("(")[0].split('"')[0]
            for one in (*seen.captured_queries, *tried.captured_queries)
        ]
        statements[number] = (shapes, str(refused.value))

    assert statements[NUMBER] == statements[UNKNOWN]
    assert len(at_door.messages) == 1


def test_a_wrong_try_is_written_down_for_every_number_alike(at_door):
    enrol()
    left = {}

    for number in (NUMBER, UNKNOWN):
        knock_id = knock(number)
        for _ in range(2):
            with pytest.raises(CodeNotRight):
                door.show_code(knock_id, "0")
        (row,) = rows(
            "SELECT tries_left, expires_at > clock_timestamp() AS is_open FROM rights_knock WHERE knock_id = %s",
            [knock_id],
        )
        left[number] = (row.tries_left, row.is_open)

    assert left[NUMBER] == left[UNKNOWN] == (settings().door_code_tries - 2, True)


def test_a_line_gets_no_more_codes_than_the_limit(at_door):
    enrol()

    for nth in range(settings().door_codes_an_hour + 2):
        knock(source=f"203.0.113.{nth}")

    assert len(at_door.messages) == settings().door_codes_an_hour


def test_codes_that_are_on_their_way_count_as_those_that_went(at_door, monkeypatch):
    enrol()
    real, asked = porter.pass_code, iter(range(settings().door_codes_an_hour + 2))

    def slowly(*given, **named):
        nth = next(asked, None)
        if nth is not None:
            knock(source=f"203.0.113.{nth}")
        return real(*given, **named)

    monkeypatch.setattr(porter, "pass_code", slowly)

    knock()

    assert len(at_door.messages) == settings().door_codes_an_hour


def test_two_knocks_of_one_source_at_once_are_counted_one_after_the_other(committed, home, monkeypatch):
    begin_first_epoch()
    monkeypatch.setattr(door, "_call_porter", lambda: None)
    settled = settings().door_asks_an_hour
    for _ in range(settled - 1):
        knock(UNKNOWN)

    def at_once(_):
        try:
            return bool(knock(UNKNOWN))
        except TooManyKnocks:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as several:
        came = list(several.map(at_once, range(4)))

    assert sum(came) == 1
    assert len(rows("SELECT FROM rights_knock")) == settled


def test_one_source_is_held_up_whatever_the_numbers_and_no_address_is_kept(at_door):
    for _ in range(settings().door_asks_an_hour):
        knock(UNKNOWN)

    with pytest.raises(TooManyKnocks):
        knock()
    assert knock(source="198.51.100.1")
    assert "203.0.113.9" not in repr(rows("SELECT * FROM rights_knock"))


@pytest.mark.parametrize(("after_days", "gets_one"), [(0, False), (2, False), (3, True), (4, True)])
def test_a_line_whose_sim_was_replaced_gets_no_code_for_some_days(after_days, gets_one):
    verdict = may_send_code(
        is_living=True, in_hour=0, in_day=0, hourly=3, sim_replaced_on=ON, sim_days=3,
        on=ON + dt.timedelta(days=after_days),
    )  # fmt: skip

    assert isinstance(verdict, Allowed) is gets_one


@pytest.mark.parametrize(
    ("in_hour", "in_day", "gets_one"),
    [(2, 5, True), (3, 5, False), (4, 4, False), (0, 6, False), (0, 7, False)],
)
def test_codes_are_counted_by_the_hour_and_by_the_day(in_hour, in_day, gets_one):
    verdict = may_send_code(
        is_living=True, in_hour=in_hour, in_day=in_day, hourly=3, sim_replaced_on=None, sim_days=3, on=ON
    )

    assert isinstance(verdict, Refused) is not gets_one


def test_a_sim_replaced_today_means_no_code_today(at_door):
    from rollkeeper.access.authority import console_authority
    from rollkeeper.enrolment.acts import replace_sim

    enrol()
    replace_sim(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER,
        document=("passport-npl", "X1234567"), on=ON,
    )  # fmt: skip

    knock()

    assert at_door.messages == []


def test_whoever_has_the_number_later_comes_in_as_themselves_and_not_as_the_holder_before(at_door):
    from rollkeeper.access.authority import console_authority
    from rollkeeper.enrolment.acts import end_line

    before = enrol()
    end_line(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER,
        document=("passport-npl", "X1234567"), on=ON,
    )  # fmt: skip
    run("UPDATE network_command SET state = 'confirmed', read_back = 'absent' WHERE kind = 'end'")
    later = ON + dt.timedelta(days=400)
    clock.give_day(later)
    now = enrol(person=PERSON | {"document_number": "X7654321", "name": "Somebody Else"}, on=later)

    shown = door.ask(visit(at_door), AskKind.SHOW, language="en")["done"]

    assert {one["line"] for one in shown["lines"]} == {str(now)} != {str(before)}
    assert {one["line"] for one in shown["receipts"]} == {str(now)}


def test_the_portals_role_can_make_no_visit_and_read_none(at_door, as_role):
    enrol()
    visit(at_door)

    for statement in (
        "SELECT * FROM rights_visit", "SELECT code_hash FROM rights_knock", "SELECT ask_mark FROM rights_ask",
        "INSERT INTO rights_visit (ask_mark) VALUES ('x')", "UPDATE rights_knock SET tries_left = 5",
        "SELECT * FROM lines_line", "SELECT * FROM lines_number", "SELECT * FROM vault_sealed", "SELECT * FROM access_staff",
        "SELECT * FROM ledger_entry", "SELECT * FROM django_session", "SELECT * FROM subscribers_document",
    ):  # fmt: skip
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("portal"):
            run(statement)


def test_a_portal_that_was_taken_over_does_not_choose_who_stands_in_the_ledger(at_door, as_role):
    enrol()
    knock_id = knock()
    porter.carry_all(sweep_authority())
    of_staff = hashlib.sha256(b"a commitment that the ledger publishes").digest()

    with as_role("portal"):
        (opened,) = rows(
            "SELECT rights_try_code(%s, %s, %s) AS opened",
            [knock_id, door.hash_code(knock_id, at_door.newest_code), of_staff],
        )

    assert opened.opened
    assert living_visit(of_staff).authority.commitment not in {of_staff.hex(), "console", "sweep"}


def test_the_portals_role_can_do_all_that_the_door_needs(at_door, as_role, monkeypatch):
    enrol()
    monkeypatch.setattr(door, "_call_porter", lambda: run("NOTIFY rights"))
    with as_role("portal"):
        knock_id = knock()
    porter.carry_all(sweep_authority())

    with as_role("portal"):
        token = door.show_code(knock_id, at_door.newest_code)

    assert token


def test_an_ask_that_nobody_answers_is_taken_back_and_never_done(at_door, monkeypatch):
    enrol()
    token = visit(at_door)
    monkeypatch.setattr(door, "_call_porter", lambda: None)

    with pytest.raises(door.PorterAway):
        door.ask(token, AskKind.DISPUTE, language="en", asked={"key": str(new_uuid())})
    porter.carry_all(sweep_authority())

    assert not rows("SELECT FROM lines_line WHERE is_disputed")


def test_a_visit_ends_by_itself_and_when_the_line_changes_hands(at_door):
    enrol()
    token = visit(at_door)
    run("UPDATE lines_holding SET holding_id = gen_random_uuid()")

    assert door.ask(token, AskKind.SHOW, language="en")["refused"] == "visit_over"

    token = visit(at_door)
    run("UPDATE rights_visit SET ends_at = clock_timestamp()")
    assert door.ask(token, AskKind.SHOW, language="en")["refused"] == "visit_over"


@pytest.mark.parametrize("no_key", [b"", b"short", bytes(32)])
def test_an_ask_that_nobody_could_read_the_answer_of_is_not_done_and_holds_nobody_up(at_door, no_key):
    enrol()
    token = visit(at_door)
    run(
        "INSERT INTO rights_ask (ask_id, ask_mark, kind, asked, language, public_key) VALUES (%s, %s, %s, %s, %s, %s)",
        [new_uuid(), token.mark, AskKind.DISPUTE.value, f'{{"key": "{new_uuid()}"}}', "en", no_key],
    )

    assert porter.carry_all(sweep_authority()) == 1
    assert not rows("SELECT FROM lines_line WHERE is_disputed")
    assert "done" in door.ask(token, AskKind.SHOW, language="en")


def test_what_is_a_day_old_goes_also_where_the_day_stands_still(at_door, monkeypatch):
    knock(UNKNOWN)
    now, turns = [0.0], iter([True, True, True, False, False])

    def a_while(*, seconds):
        run("UPDATE rights_knock SET made_at = made_at - interval '25 hours'")
        now[0] += porter.FORGET_EVERY_S

    monkeypatch.setattr(porter, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(porter, "_wait", a_while)

    porter.keep_door(sweep_authority(), goes_on=lambda: next(turns))

    assert rows("SELECT FROM rights_knock") == []


def test_an_answer_lies_nowhere_once_it_was_read(at_door):
    enrol()
    token = visit(at_door)

    door.ask(token, AskKind.SHOW, language="en")

    assert rows("SELECT FROM rights_ask") == []


@pytest.mark.parametrize("other", ["invented person", "INVENTED·PERSON", "Ｉｎｖｅｎｔｅｄ　Person"])
def test_a_name_is_compared_without_its_spelling(other):
    assert spell_name(other) == spell_name("Invented Person")
