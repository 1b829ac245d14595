# SPDX-License-Identifier: EUPL-1.2
"""The limits of lookups and comparisons under real commits: sessions at once, undone actions, and what is taken offline."""

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import action, if_refused
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.errors import AccessLimitReached, LineNotFound
from rollkeeper.lines.queries import find_line
from rollkeeper.lines.services import look_up_line
from rollkeeper.operations.bootstrap import set_lookup_limits
from rollkeeper.registration.errors import NOT_THE_SUBSCRIBER
from rollkeeper.registration.pipeline import check_registration
from rollkeeper.registration.services import check_subscriber, register_subscriber, replace_sim
from rollkeeper.registration.submissions import RegistrationKind
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import code_of, refusing
from tests.registration.people import ON, fresh_number, person, submission
from tests.registration.test_concurrency import together

RECORDED = "line:access:recorded"


@pytest.fixture
def limits(data_dir):
    yield set_lookup_limits
    set_lookup_limits()


@pytest.mark.usefixtures("vaulted_committed")
def test_sessions_at_once_get_no_more_than_the_limit_and_their_own_number(limits):
    limits(missed_lookups_per_day=10)
    who = employ(StaffRole.CLERK)

    def try_ten():
        return [code_of(_look(who)) for _ in range(10)]

    answers = [code for session in together(try_ten, try_ten, try_ten) for code in session]

    assert answers.count("line_not_found") <= 10 + 3
    assert answers.count("line_not_found") + answers.count("access_limit_reached") == 30
    assert len(entries(RECORDED)) == 30


def _look(who):
    try:
        return look_up_line(who, fresh_number(), on=ON)
    except (LineNotFound, AccessLimitReached) as fault:
        return fault


def test_an_action_within_another_that_is_undone_leaves_its_mark(clerk, register):
    with pytest.raises(LineNotFound), action():
        look_up_line(clerk, fresh_number(), on=ON)

    assert [one.facts["outcome"] for one in entries(RECORDED)] == ["not_found"]


def test_a_mark_that_cannot_be_written_leaves_no_answer(register):
    def broken():
        raise OSError("no room")

    def refused():
        with action():
            if_refused("access", broken)
            raise LineNotFound

    with pytest.raises(OSError, match="no room"):
        refused()


def test_an_action_that_is_done_leaves_no_other_mark(clerk, register):
    number, who = fresh_number(), person()
    register_subscriber(clerk, submission(number, who), on=ON)

    replace_sim(
        clerk, submission_key=str(new_uuid()), number=number, document=(who["document_type"], who["document_number"]), on=ON
    )  # fmt: skip

    assert entries(RECORDED) == []


def test_what_waits_for_a_second_person_has_left_a_mark_before(clerk, register):
    number, who = fresh_number(), person()
    register_subscriber(clerk, submission(number, who), on=ON)

    check_subscriber(clerk, number=number, document=(who["document_type"], who["document_number"]), on=ON)
    with refusing(NOT_THE_SUBSCRIBER):
        check_subscriber(clerk, number=number, document=("passport-npl", "Z7654321"), on=ON)
    check_registration(clerk, submission(number, person()), action_kind=RegistrationKind.CHANGE, on=ON)
    check_registration(clerk, submission(fresh_number(), who), action_kind=RegistrationKind.REGISTER, on=ON)

    line_id = find_line(number).line_id
    assert [(one.facts["outcome"], one.facts.get("matched"), one.line_id) for one in entries(RECORDED)] == [
        ("found", True, line_id), ("found", False, line_id), ("found", False, line_id), ("not_found", None, None),
    ]  # fmt: skip


def test_registrations_that_succeed_use_up_no_limit(clerk, register, limits):
    limits(lookups_per_day=2, missed_lookups_per_day=2)

    done = [register_subscriber(clerk, submission(fresh_number(), person()), on=ON) for _ in range(4)]

    assert len({one.line_id for one in done}) == 4


def test_a_submission_with_a_wrong_field_is_no_lookup(clerk, register):
    with pytest.raises(Exception, match="is missing"):
        register_subscriber(clerk, submission(fresh_number(), person() | {"name": ""}), on=ON)

    assert entries(RECORDED) == []
