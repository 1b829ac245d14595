# SPDX-License-Identifier: EUPL-1.2
"""What a case does to a line: its clock stops at filing and goes on with what was left; and protected subscribers."""

import datetime as dt

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.line_lookup import look_up_line as explain
from rollkeeper.kernel.database import rows
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import line_history, number_index_of, view_line
from rollkeeper.lines.services import look_up_line
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import DelegateRole, PortalRequestKind
from rollkeeper.selfcare.delegates import check_delegate
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import protect_subscriber
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, ask, register_line, session

CLERK = Authority(frozenset({StaffRole.CLERK}), None, "0f" * 32)
OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), None, "0e" * 32)


def test_the_clock_stops_at_filing_and_goes_on_the_day_after_the_verdict(at_portal):
    line = register_line()
    token = session(at_portal)

    assert "done" in ask(token, PortalRequestKind.DISPUTE)
    (open_pause,) = line_history(line).pauses
    (case,) = open_cases()
    settle_case(console_authority(), case.case_id, upheld=True, on=ON + dt.timedelta(days=9))
    (ended,) = line_history(line).pauses

    assert (open_pause.first, open_pause.last) == (ON, None)
    assert (ended.first, ended.last) == (ON, ON + dt.timedelta(days=9))
    assert not view_line(line).is_disputed
    assert open_cases() == []


def test_a_second_case_of_a_kind_waits_for_the_first(at_portal):
    register_line()
    token = session(at_portal)
    ask(token, PortalRequestKind.DISPUTE)

    assert ask(token, PortalRequestKind.DISPUTE)["refused"] == "case_already_open"
    assert len(open_cases()) == 1


def test_only_staff_with_the_power_decide_a_case(at_portal):
    register_line()
    ask(session(at_portal), PortalRequestKind.DISPUTE)

    with refusing(NOT_ALLOWED):
        settle_case(CLERK, open_cases()[0].case_id, upheld=True, on=ON)


def test_ordinary_staff_are_answered_as_for_an_unknown_number(at_portal):
    register_line()
    protect_subscriber(OFFICER, number_index_of(NUMBER), protected=True, on=ON)

    for look in (
        lambda who: look_up_line(who, NUMBER, on=ON),
        lambda who: explain(who, number=NUMBER, about=ON, on=ON),
        lambda who: not check_delegate(who, NUMBER, DelegateRole.HEIR, ("passport-npl", "H1"), on=ON),
    ):
        with refusing(LineNotFound):
            look(CLERK)
        assert look(OFFICER)

    protect_subscriber(OFFICER, number_index_of(NUMBER), protected=False, on=ON)
    assert look_up_line(CLERK, NUMBER, on=ON)


def test_the_ledger_says_nothing_of_a_person_when_a_case_is_opened(at_portal):
    register_line()
    ask(session(at_portal), PortalRequestKind.DISPUTE)

    bodies = [row.body for row in rows("SELECT body FROM ledger_entry WHERE verb LIKE 'selfcare:%'")]

    assert bodies
    assert not [body for body in bodies if NUMBER[1:] in body or "Invented" in body]
