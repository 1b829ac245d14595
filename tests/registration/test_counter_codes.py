# SPDX-License-Identifier: EUPL-1.2
"""A line is found by the code that its subscriber reads out: once, for minutes, by one clerk, and cannot be guessed."""

import datetime as dt
import json

import pytest
from django.db import connection

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines import counter_codes
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.counter_codes import find_line_for_clerk, issue_code, issue_codes, redeem_code
from rollkeeper.lines.errors import (
    COUNTER_CODE_INVALID,
    TOO_MANY_CODE_ATTEMPTS,
    LineNotFound,
    TooManyCounterCodes,
)
from rollkeeper.lines.models import CounterCode, CounterCodeAttempt
from rollkeeper.lines.queries import current_tenure, find_line
from rollkeeper.registration.services import (
    change_record,
    install_line,
    pause_line,
    register_subscriber,
    replace_sim,
)
from rollkeeper.subscribers.services import set_protection
from tests.builders.lines import change_line
from tests.builders.past import make_older
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


def given(number):
    return issue_code(worker_authority(), find_line(number).line_id, on=ON)


def another(clerk):
    return Authority(clerk.roles, StaffId(new_uuid()), "c2" * 32)


def wrong(clerk, times):
    for _ in range(times):
        with refusing(COUNTER_CODE_INVALID):
            redeem_code(clerk, "0000000000", on=ON)


def test_the_code_finds_the_line_and_the_look_is_in_the_ledger(clerk, new_line):
    number = new_line()

    found = redeem_code(clerk, given(number), on=ON)

    assert found.line == find_line(number)
    marks = rows("SELECT verb FROM ledger_entry WHERE line_id = %s ORDER BY entry_id", [found.line.line_id])
    assert [mark.verb for mark in marks][-2:] == ["line:counter_code:issued", "line:line:looked_up"]


def test_the_code_is_kept_nowhere(new_line):
    code = given(new_line())

    (row,) = rows("SELECT * FROM lines_countercode")
    assert code not in repr(row)
    assert code not in json.dumps([mark.body for mark in rows("SELECT body FROM ledger_entry")])


def test_the_figures_of_any_script_and_any_space_between_them_are_the_code(clerk, new_line):
    code = given(new_line())
    tibetan = "".join(chr(0x0F20 + int(figure)) for figure in code)

    assert redeem_code(clerk, f"{tibetan[:3]} {tibetan[3:6]}-{tibetan[6:]}", on=ON)


def test_a_code_is_good_once(clerk, new_line):
    code = given(new_line())
    redeem_code(clerk, code, on=ON)

    with refusing(COUNTER_CODE_INVALID):
        redeem_code(another(clerk), code, on=ON)


@pytest.mark.parametrize(("minutes", "is_found"), [(9, True), (10, False), (11, False)])
def test_a_code_is_good_for_its_minutes(clerk, new_line, minutes, is_found):
    code = given(new_line())
    make_older(CounterCode, dt.timedelta(minutes=minutes), "ends_at")

    if is_found:
        assert redeem_code(clerk, code, on=ON)
    else:
        with refusing(COUNTER_CODE_INVALID):
            redeem_code(clerk, code, on=ON)


def test_a_newer_code_makes_an_earlier_one_void(clerk, new_line):
    number = new_line()
    first, second = given(number), given(number)

    with refusing(COUNTER_CODE_INVALID):
        redeem_code(clerk, first, on=ON)
    assert redeem_code(clerk, second, on=ON)


def test_a_line_has_no_more_codes_an_hour_than_it_needs(new_line):
    number = new_line()
    for _ in range(counter_codes.CODES_PER_HOUR):
        given(number)

    with pytest.raises(TooManyCounterCodes):
        given(number)
    make_older(CounterCode, dt.timedelta(hours=1), "made_at")
    assert given(number)


def test_a_clerk_who_guesses_is_stopped_and_nobody_else(clerk, new_line):
    code = given(new_line())
    wrong(clerk, counter_codes.ATTEMPTS_PER_CLERK_PER_HOUR)

    with refusing(TOO_MANY_CODE_ATTEMPTS):
        redeem_code(clerk, code, on=ON)

    assert redeem_code(another(clerk), code, on=ON)


def test_one_guess_less_still_finds_the_line(clerk, new_line):
    code = given(new_line())
    wrong(clerk, counter_codes.ATTEMPTS_PER_CLERK_PER_HOUR - 1)

    assert redeem_code(clerk, code, on=ON)


def test_all_counters_together_guess_no_more_than_they_may(clerk, new_line):
    code = given(new_line())
    run(
        "INSERT INTO lines_countercodeattempt (staff_id) SELECT gen_random_uuid() FROM generate_series(1, %s)",
        [counter_codes.ATTEMPTS_IN_ALL_PER_HOUR],
    )

    with refusing(TOO_MANY_CODE_ATTEMPTS):
        redeem_code(clerk, code, on=ON)
    make_older(CounterCodeAttempt, dt.timedelta(hours=1), "attempted_at")
    assert redeem_code(clerk, code, on=ON)


def test_whatever_is_wrong_with_a_code_the_answer_is_the_same(clerk, new_line):
    used, late = given(new_line()), given(new_line())
    redeem_code(clerk, used, on=ON)
    run("UPDATE lines_countercode SET ends_at = clock_timestamp() WHERE handle_id IS NULL")

    said = set()
    for code in (used, late, "0000000000", "", "not a code"):
        with refusing(COUNTER_CODE_INVALID) as refused:
            redeem_code(clerk, code, on=ON)
        said.add(str(refused.value))

    assert len(said) == 1


def test_what_stands_for_the_line_is_good_for_that_clerk_alone_and_for_minutes(clerk, new_line):
    found = redeem_code(clerk, given(new_line()), on=ON)

    assert line_of(clerk, found.handle) == found.line
    for who, handle in (
        (another(clerk), found.handle),
        (clerk, f"handle:{new_uuid()}"),
        (clerk, "handle:anything"),
    ):
        with pytest.raises(LineNotFound):
            line_of(who, handle)
    run("UPDATE lines_countercode SET ends_at = clock_timestamp()")
    with pytest.raises(LineNotFound):
        line_of(clerk, found.handle)


def line_of(who, handle):
    with action():
        return find_line_for_clerk(who, handle, on=ON)


def test_the_next_acts_need_no_number(clerk, new_line):
    number, who = new_line(), person()
    hand = redeem_code(clerk, given(number), on=ON).handle
    paper = (who["document_type"], who["document_number"])
    keys = [str(new_uuid()) for _ in range(2)]

    register_subscriber(clerk, submission(hand, who), on=ON)
    change_record(clerk, submission(hand, who | {"address": "Another Road 2"}), on=ON)
    replace_sim(clerk, submission_key=keys[0], number=hand, document=paper, on=ON)
    pause_line(
        clerk, submission_key=keys[1], number=hand, first=ON, last=ON, reason=PauseReason.ABROAD, on=ON
    )

    assert current_tenure(find_line(number).line_id)


def test_a_line_that_is_made_has_a_number(clerk, new_line):
    hand = redeem_code(clerk, given(new_line()), on=ON).handle

    with pytest.raises(RollkeeperError):
        install_line(clerk, submission(hand), on=ON)
    with refusing(COUNTER_CODE_INVALID):
        register_subscriber(clerk, submission(f"handle:{new_uuid()}"), on=ON)


def test_of_somebody_protected_nothing_is_shown_and_the_code_stays_good(clerk):
    number = fresh_number()
    register_subscriber(clerk, submission(number), on=ON)
    set_protection(current_tenure(find_line(number).line_id).person_id, protected=True)
    code = given(number)

    with refusing(COUNTER_CODE_INVALID):
        redeem_code(clerk, code, on=ON)

    officer = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "d0" * 32)
    assert redeem_code(officer, code, on=ON)


def test_nobody_at_a_counter_makes_a_code(clerk, new_line):
    with refusing(NOT_ALLOWED):
        issue_code(clerk, find_line(new_line()).line_id, on=ON)


def test_the_menu_gives_every_number_the_same_no_and_a_line_its_code(clerk, new_line):
    number = new_line()

    said = list(issue_codes(console_authority(), [f"{number}\n", fresh_number(), "no number"], on=ON))

    assert said[1:] == [{"code": None, "minutes": 10}] * 2
    assert redeem_code(clerk, said[0]["code"], on=ON).line == find_line(number)


def test_a_line_that_has_ended_has_no_code(clerk, new_line):
    number = new_line()
    change_line(find_line(number).line_id, state="terminated", terminated_on=ON)

    with pytest.raises(LineNotFound):
        given(number)


def test_the_counters_role_shows_a_code_and_makes_none(clerk, new_line):
    code = given(new_line())
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE counter")
    wrong(clerk, 1)

    assert line_of(clerk, redeem_code(clerk, code, on=ON).handle)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('lines_countercode', 'INSERT'), has_column_privilege('lines_countercode', 'line_id', 'UPDATE'),"
            " has_table_privilege('lines_countercodeattempt', 'DELETE')"
        )
        assert cursor.fetchone() == (False, False, False)


def test_what_is_a_day_old_goes(new_line):
    given(new_line())
    make_older(CounterCode, dt.timedelta(days=1, minutes=1), "made_at")

    given(new_line())

    assert rows("SELECT count(*) AS n FROM lines_countercode")[0].n == 1
