# SPDX-License-Identifier: EUPL-1.2
"""Where people have to reduce their lines: so many are kept by verifying them, under one limit, and no more."""

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import planning
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.queries import current_tenure, view_line
from rollkeeper.lines.writes import contest_tenure
from rollkeeper.registration.errors import LIMIT_NEEDS_SUPERVISOR, LIMIT_REACHED, LINES_KEPT_ALREADY
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.services import (
    change_record,
    install_line,
    register_subscriber,
    terminate_line,
    transfer_line,
)
from rollkeeper.registration.submissions import RegistrationKind
from tests.builders.packs import use_pack
from tests.builders.stages import reducing
from tests.refusals import code_of, refusing
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


@pytest.fixture
def reduced(law_put_back):
    """Have people who took up lines while the law had no limit reduce them; return how a person does who has so many."""

    def having(clerk, count, **how):
        who, numbers = person(), [fresh_number() for _ in range(count)]
        lines = [register_subscriber(clerk, submission(one, who), on=ON).line_id for one in numbers]
        use_pack(reducing(**how))
        planning.plan_campaign(console_authority(), pack_id=instance().pack, on=ON)
        return who, list(zip(numbers, lines, strict=True))

    return having


def verify(clerk, number, who, **others):
    return change_record(clerk, submission(number, who, **others), on=ON)


def marked(lines):
    return [view_line(one).must_reverify for _, one in lines]


def test_so_many_lines_are_kept_by_verifying_them_and_one_more_is_refused(clerk, reduced):
    who, lines = reduced(clerk, 4)
    before = marked(lines)

    for number, _ in lines[1:3]:
        verify(clerk, number, who)
    with refusing(LINES_KEPT_ALREADY) as refused:
        verify(clerk, lines[0][0], who)

    assert (before, marked(lines)) == ([True] * 4, [True, False, False, True])
    assert "(art. 2 ¶1)" in str(refused.value)
    assert "gives one of those back first" in refused.value.advice


@pytest.mark.parametrize("how", ["ends", "transfers", "contests"])
def test_who_gives_a_kept_line_back_keeps_another_instead(clerk, reduced, how):
    who, lines = reduced(clerk, 3)
    for number, _ in lines[:2]:
        verify(clerk, number, who)
    kept = lines[0][0]

    if how == "ends":
        terminate_line(
            clerk, submission_key=str(new_uuid()), number=kept, on=ON,
            document=(who["document_type"], who["document_number"]),
        )  # fmt: skip
    elif how == "transfers":
        transfer_line(clerk, submission(kept, transferor=given_by(who)), on=ON)
    else:
        contest_tenure(lines[0][1], person_id=current_tenure(lines[0][1]).person_id, on=ON)

    assert verify(clerk, lines[2][0], who).line_id == lines[2][1]


def test_a_further_line_is_refused_while_there_are_too_many(clerk, reduced):
    who, _ = reduced(clerk, 3)

    with refusing(LIMIT_REACHED):
        install_line(clerk, submission(fresh_number(), who), on=ON)


def test_who_has_no_more_than_the_law_allows_verifies_every_line(clerk, reduced):
    who, lines = reduced(clerk, 2)

    assert marked(lines) == [False, False]
    assert all(verify(clerk, number, who) for number, _ in lines)


def test_a_correction_of_a_line_that_is_kept_stays_possible(clerk, reduced):
    who, lines = reduced(clerk, 3)
    for number, _ in lines[:2]:
        verify(clerk, number, who)

    assert verify(clerk, lines[0][0], who)


def test_in_one_batch_no_more_are_kept_than_the_law_allows(clerk, reduced):
    who, lines = reduced(clerk, 4)

    outcomes = record(
        clerk, [submission(number, who) for number, _ in lines], action_kind=RegistrationKind.CHANGE, on=ON
    )

    assert sorted(code_of(one) for one in outcomes) == ["Receipt"] * 2 + [LINES_KEPT_ALREADY.code] * 2


def test_the_subscriber_who_takes_over_a_line_that_is_asked_for_has_their_own_count(clerk, reduced):
    who, lines = reduced(clerk, 3)

    transfer_line(clerk, submission(lines[0][0], transferor=given_by(who)), on=ON)

    assert not view_line(lines[0][1]).must_reverify


def test_where_a_supervisor_decides_one_more_is_kept_with_the_second_check(clerk, reduced):
    who, lines = reduced(clerk, 3, over="review")
    supervisor = Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "5a" * 32)
    for number, _ in lines[:2]:
        verify(clerk, number, who)

    with refusing(LIMIT_NEEDS_SUPERVISOR):
        verify(clerk, lines[2][0], who, overrides_limit=True)

    assert verify(supervisor, lines[2][0], who, overrides_limit=True)


def test_a_counter_s_role_counts_what_is_kept(clerk, reduced, as_role):
    who, lines = reduced(clerk, 3)
    for number, _ in lines[:2]:
        verify(clerk, number, who)

    with as_role("counter"), refusing(LINES_KEPT_ALREADY):
        verify(clerk, lines[2][0], who)
