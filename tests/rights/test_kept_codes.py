# SPDX-License-Identifier: EUPL-1.2
"""Nobody uses up a line's codes alone; and one that staff keep for its holder comes whatever strangers did."""

import pytest

from rollkeeper.access.authority import Authority, console_authority, subscriber_authority
from rollkeeper.access.errors import NotAllowed
from rollkeeper.access.roles import StaffRole
from rollkeeper.enrolment.acts import replace_sim
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.rules import Refused
from rollkeeper.rights import door
from rollkeeper.rights.errors import TooManyKeptCodes
from rollkeeper.rights.kept_codes import keep_code
from rollkeeper.rights.rules import may_send_code
from tests.rights.people import NUMBER, ON, enrol

CLERK = Authority(frozenset({StaffRole.CLERK}), None, "0f" * 32)


def knock(source):
    return door.knock(NUMBER, source=source, language="en")


def used_up(hourly=None):
    for nth in range((hourly or settings().door_codes_an_hour) + 2):
        knock(f"203.0.113.{nth}")


def test_one_source_alone_leaves_the_last_code_to_the_holder(at_door):
    enrol()
    for _ in range(settings().door_codes_an_hour + 2):
        knock("203.0.113.9")
    got = len(at_door.messages)

    knock("198.51.100.1")

    assert got == settings().door_codes_an_hour - 1
    assert len(at_door.messages) == settings().door_codes_an_hour


@pytest.mark.parametrize(
    ("hourly", "by_source_in_hour", "by_source_in_day", "gets_one"),
    [(3, 1, 1, True), (3, 2, 2, False), (3, 0, 4, True), (3, 0, 5, False), (1, 0, 0, True), (1, 1, 1, False)],
)
def test_the_last_code_is_kept_for_another_source(hourly, by_source_in_hour, by_source_in_day, gets_one):
    verdict = may_send_code(
        is_living=True, in_hour=by_source_in_hour, in_day=by_source_in_day, by_source_in_hour=by_source_in_hour,
        by_source_in_day=by_source_in_day, hourly=hourly, sim_replaced_on=None, sim_days=3, on=ON,
    )  # fmt: skip

    assert isinstance(verdict, Refused) is not gets_one


def test_a_code_that_staff_keep_comes_although_others_used_them_up_and_once(at_door):
    enrol()
    used_up()
    before = len(at_door.messages)

    keep_code(CLERK, NUMBER, on=ON)
    knock_id = knock("198.51.100.1")
    code = at_door.newest_code
    knock("198.51.100.2")

    assert len(at_door.messages) == before + 1
    assert door.show_code(knock_id, code)


def test_a_kept_code_that_nobody_asked_for_is_too_old_after_a_while(at_door):
    enrol()
    used_up()
    before = len(at_door.messages)
    keep_code(CLERK, NUMBER, on=ON)
    run(
        "UPDATE rights_keptcode SET kept_at = kept_at - make_interval(mins => %s)",
        [settings().door_kept_code_minutes],
    )

    knock("198.51.100.1")

    assert len(at_door.messages) == before


def test_a_kept_code_takes_nothing_from_the_lines_own(at_door):
    enrol()
    keep_code(CLERK, NUMBER, on=ON)
    used_up()

    assert len(at_door.messages) == settings().door_codes_an_hour + 1


def test_no_code_is_kept_for_whoever_had_the_sim_replaced(at_door):
    enrol()
    replace_sim(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER,
        document=("passport-npl", "X1234567"), on=ON,
    )  # fmt: skip
    keep_code(CLERK, NUMBER, on=ON)

    knock("198.51.100.1")

    assert at_door.messages == []
    assert rows("SELECT FROM rights_keptcode WHERE used_at IS NULL")


def test_staff_keep_so_many_codes_in_a_day_and_no_more(register):
    enrol()
    for _ in range(settings().door_kept_codes_a_day):
        keep_code(CLERK, NUMBER, on=ON)

    with pytest.raises(TooManyKeptCodes):
        keep_code(CLERK, NUMBER, on=ON)
    with pytest.raises(NotAllowed):
        keep_code(subscriber_authority("0d" * 32), NUMBER, on=ON)
