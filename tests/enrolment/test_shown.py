# SPDX-License-Identifier: EUPL-1.2
"""A line is found by the code that its holder reads out: once, for minutes, by one clerk, and guessed by nobody."""

import datetime as dt
import json

import pytest
from django.db import connection

from rollkeeper.access.authority import Authority, console_authority, sweep_authority
from rollkeeper.access.errors import NotAllowed
from rollkeeper.access.roles import StaffRole
from rollkeeper.enrolment.acts import (
    change_record,
    install_line,
    pause_line,
    register_subscriber,
    replace_sim,
)
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines import shown
from rollkeeper.lines.errors import (
    CodeNotShown,
    LineNotFound,
    RecordProtected,
    TooManyCodes,
    TooManyGuesses,
)
from rollkeeper.lines.queries import find_line, present_holding
from rollkeeper.lines.shown import codes_for, find_line_shown, give_code, show_code
from rollkeeper.lines.states import PauseReason
from rollkeeper.subscribers.acts import protect_subscriber
from tests.enrolment.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


def given(number):
    return give_code(sweep_authority(), find_line(number).line_id, on=ON)


def another(clerk):
    return Authority(clerk.roles, StaffId(new_uuid()), "c2" * 32)


def wrong(clerk, times):
    for _ in range(times):
        with pytest.raises(CodeNotShown):
            show_code(clerk, "0000000000", on=ON)


def test_the_code_finds_the_line_and_the_look_is_in_the_ledger(clerk, new_line):
    number = new_line()

    found = show_code(clerk, given(number), on=ON)

    assert found.line == find_line(number)
    marks = rows("SELECT verb FROM ledger_entry WHERE line_id = %s ORDER BY entry_id", [found.line.line_id])
    assert [mark.verb for mark in marks][-2:] == ["line:code:given", "line:line:looked_up"]


def test_the_code_is_kept_nowhere(new_line):
    code = given(new_line())

    (row,) = rows("SELECT * FROM lines_shown")
    assert code not in repr(row)
    assert code not in json.dumps([mark.body for mark in rows("SELECT body FROM ledger_entry")])


def test_the_figures_of_any_script_and_any_space_between_them_are_the_code(clerk, new_line):
    code = given(new_line())
    tibetan = "".join(chr(0x0F20 + int(figure)) for figure in code)

    assert show_code(clerk, f"{tibetan[:3]} {tibetan[3:6]}-{tibetan[6:]}", on=ON)


def test_a_code_is_good_once(clerk, new_line):
    code = given(new_line())
    show_code(clerk, code, on=ON)

    with pytest.raises(CodeNotShown):
        show_code(another(clerk), code, on=ON)


@pytest.mark.parametrize(("minutes", "is_found"), [(9, True), (10, False), (11, False)])
def test_a_code_is_good_for_its_minutes(clerk, new_line, minutes, is_found):
    code = given(new_line())
    run("UPDATE lines_shown SET ends_at = ends_at - make_interval(mins => %s)", [minutes])

    if is_found:
        assert show_code(clerk, code, on=ON)
    else:
        with pytest.raises(CodeNotShown):
            show_code(clerk, code, on=ON)


def test_a_newer_code_makes_an_earlier_one_void(clerk, new_line):
    number = new_line()
    first, second = given(number), given(number)

    with pytest.raises(CodeNotShown):
        show_code(clerk, first, on=ON)
    assert show_code(clerk, second, on=ON)


def test_a_line_has_no_more_codes_an_hour_than_it_needs(new_line):
    number = new_line()
    for _ in range(shown.CODES_AN_HOUR):
        given(number)

    with pytest.raises(TooManyCodes):
        given(number)
    run("UPDATE lines_shown SET made_at = made_at - interval '1 hour'")
    assert given(number)


def test_a_clerk_who_guesses_is_stopped_and_nobody_else(clerk, new_line):
    code = given(new_line())
    wrong(clerk, shown.GUESSES_OF_ONE_AN_HOUR)

    with pytest.raises(TooManyGuesses):
        show_code(clerk, code, on=ON)

    assert show_code(another(clerk), code, on=ON)


def test_one_guess_less_still_finds_the_line(clerk, new_line):
    code = given(new_line())
    wrong(clerk, shown.GUESSES_OF_ONE_AN_HOUR - 1)

    assert show_code(clerk, code, on=ON)


def test_all_counters_together_guess_no_more_than_they_may(clerk, new_line):
    code = given(new_line())
    run(
        "INSERT INTO lines_showntry (staff_id) SELECT gen_random_uuid() FROM generate_series(1, %s)",
        [shown.GUESSES_OF_ALL_AN_HOUR],
    )

    with pytest.raises(TooManyGuesses):
        show_code(clerk, code, on=ON)
    run("UPDATE lines_showntry SET tried_at = tried_at - interval '1 hour'")
    assert show_code(clerk, code, on=ON)


def test_whatever_is_wrong_with_a_code_the_answer_is_the_same(clerk, new_line):
    used, late = given(new_line()), given(new_line())
    show_code(clerk, used, on=ON)
    run("UPDATE lines_shown SET ends_at = clock_timestamp() WHERE hand_id IS NULL")

    said = set()
    for code in (used, late, "0000000000", "", "not a code"):
        with pytest.raises(CodeNotShown) as refused:
            show_code(clerk, code, on=ON)
        said.add(str(refused.value))

    assert len(said) == 1


def test_what_stands_for_the_line_is_good_for_that_clerk_alone_and_for_minutes(clerk, new_line):
    found = show_code(clerk, given(new_line()), on=ON)

    assert find_line_shown(clerk, found.hand) == found.line
    assert find_line_shown(another(clerk), found.hand) is None
    assert find_line_shown(clerk, f"hand:{new_uuid()}") is None
    assert find_line_shown(clerk, "hand:anything") is None
    run("UPDATE lines_shown SET ends_at = clock_timestamp()")
    assert find_line_shown(clerk, found.hand) is None


def test_the_next_acts_need_no_number(clerk, new_line):
    number, who = new_line(), person()
    hand = show_code(clerk, given(number), on=ON).hand
    paper = (who["document_type"], who["document_number"])
    keys = [str(new_uuid()) for _ in range(2)]

    register_subscriber(clerk, submission(hand, who), on=ON)
    change_record(clerk, submission(hand, who | {"address": "Another Road 2"}), on=ON)
    replace_sim(clerk, submission_key=keys[0], number=hand, document=paper, on=ON)
    pause_line(
        clerk, submission_key=keys[1], number=hand, first=ON, last=ON, reason=PauseReason.ABROAD, on=ON
    )

    assert present_holding(find_line(number).line_id)


def test_a_line_that_is_made_has_a_number(clerk, new_line):
    hand = show_code(clerk, given(new_line()), on=ON).hand

    with pytest.raises(RollkeeperError):
        install_line(clerk, submission(hand), on=ON)
    with pytest.raises(CodeNotShown):
        register_subscriber(clerk, submission(f"hand:{new_uuid()}"), on=ON)


def test_of_somebody_under_protection_nothing_is_shown_and_the_code_stays_good(clerk):
    number = fresh_number()
    register_subscriber(clerk, submission(number), on=ON)
    protect_subscriber(present_holding(find_line(number).line_id).person_id, protected=True)
    code = given(number)

    with pytest.raises(RecordProtected):
        show_code(clerk, code, on=ON)

    officer = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "d0" * 32)
    assert show_code(officer, code, on=ON)


def test_nobody_at_a_counter_makes_a_code(clerk, new_line):
    with pytest.raises(NotAllowed):
        give_code(clerk, find_line(new_line()).line_id, on=ON)


def test_the_menu_gives_every_number_the_same_no_and_a_line_its_code(clerk, new_line):
    number = new_line()

    said = list(codes_for(console_authority(), [f"{number}\n", fresh_number(), "no number"], on=ON))

    assert said[1:] == [{"code": None, "minutes": 10}] * 2
    assert show_code(clerk, said[0]["code"], on=ON).line == find_line(number)


def test_a_line_that_has_ended_has_no_code(clerk, new_line):
    number = new_line()
    run(
        "UPDATE lines_line SET state = 'ended', ended_on = %s WHERE line_id = %s",
        [ON, find_line(number).line_id],
    )

    with pytest.raises(LineNotFound):
        given(number)


def test_the_counters_role_shows_a_code_and_makes_none(clerk, new_line):
    code = given(new_line())
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE counter")
    wrong(clerk, 1)

    assert find_line_shown(clerk, show_code(clerk, code, on=ON).hand)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('lines_shown', 'INSERT'), has_column_privilege('lines_shown', 'line_id', 'UPDATE'),"
            " has_table_privilege('lines_showntry', 'DELETE')"
        )
        assert cursor.fetchone() == (False, False, False)


def test_what_is_a_day_old_goes(new_line):
    given(new_line())
    run("UPDATE lines_shown SET made_at = made_at - %s", [dt.timedelta(days=1, minutes=1)])

    given(new_line())

    assert rows("SELECT count(*) AS n FROM lines_shown")[0].n == 1
