# SPDX-License-Identifier: EUPL-1.2
"""A document that may be forged: a case with its own day, decided by two people who say the same; no one is reported."""

import datetime as dt

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.dual_control import pending_among, pending_approvals
from rollkeeper.access.errors import ALREADY_APPROVED, NOT_ALLOWED
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import current_tenure, view_line
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import CaseKind, ForgerySign
from rollkeeper.selfcare.errors import CASE_ALREADY_OPEN
from rollkeeper.selfcare.forgeries import draft_report, pending_judgements, suspect_forgery
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.subscribers.services import set_protection
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, register_line

CLERK = Authority(frozenset({StaffRole.CLERK}), None, "0f" * 32)


@pytest.fixture
def suspected(at_portal):
    line = register_line()
    suspect(CLERK)
    (case,) = open_cases()
    return line, case


def suspect(authority, key="forged-1"):
    return suspect_forgery(authority, submission_key=key, number=NUMBER, sign=ForgerySign.ALTERED, on=ON)


def judged(authority, case, *, genuine):
    return settle_case(authority, case.case_id, upheld=genuine, on=ON)


def two_people():
    return employ(StaffRole.SUPERVISOR), employ(StaffRole.DATA_PROTECTION_OFFICER)


def test_a_suspicion_opens_a_case_with_its_own_day_and_touches_no_line(suspected):
    line, case = suspected

    assert (case.kind, case.about, case.due_on) == (CaseKind.FORGERY, "altered", ON + dt.timedelta(days=3))
    assert view_line(line).is_registered
    assert not view_line(line).is_disputed
    assert [one.about for one in pending_judgements()] == [str(case.case_id)]


def test_a_suspicion_waits_since_the_day_and_the_time_at_which_it_was_entered(suspected):
    (waits,) = pending_judgements()

    so_long = (clock.true_now() - waits.requested_at) % dt.timedelta(days=1)  # the tests are on another day
    assert clock.local_day(waits.requested_at) == ON
    assert so_long < dt.timedelta(minutes=10)


def test_one_document_is_suspected_once(suspected):
    with refusing(CASE_ALREADY_OPEN):
        suspect(CLERK, key="forged-2")


def test_one_person_alone_decides_nothing_nor_do_two_who_differ(suspected):
    line, case = suspected
    one, other = two_people()

    assert not judged(one, case, genuine=False)
    assert not judged(other, case, genuine=True)
    assert view_line(line).is_registered
    assert open_cases()


def test_who_has_changed_their_mind_counts_for_what_they_said_last(suspected):
    line, case = suspected
    one, other = two_people()
    judged(one, case, genuine=False)
    judged(one, case, genuine=True)

    assert not judged(other, case, genuine=False)

    assert view_line(line).is_registered
    assert judged(employ(StaffRole.SUPERVISOR), case, genuine=True)
    assert current_tenure(line) is not None


def test_how_many_found_the_same_is_counted_and_whose_word_it_is(suspected):
    _, case = suspected
    one, other = two_people()

    def waiting():
        found = pending_among(other, Permission.DECIDE_FORGERY, pending_judgements())
        return [(waits.given, waits.is_own) for waits in found]

    before = waiting()
    judged(one, case, genuine=False)
    after_one = waiting()
    judged(other, case, genuine=True)

    assert (before, after_one, waiting()) == ([(0, False)], [(1, False)], [(1, True)])


def test_no_one_counts_twice_and_the_console_not_at_all(suspected):
    _, case = suspected
    one, _ = two_people()
    judged(one, case, genuine=False)

    with refusing(ALREADY_APPROVED):
        judged(one, case, genuine=False)
    with refusing(NOT_ALLOWED):
        judged(console_authority(), case, genuine=False)


def test_a_forged_document_ends_the_record_made_by_it_and_cuts_no_one_off(suspected):
    line, case = suspected
    one, other = two_people()
    judged(one, case, genuine=False)
    state = view_line(line).state

    assert judged(other, case, genuine=False)
    assert current_tenure(line) is None
    assert view_line(line).state == state
    assert open_cases() == []


def test_a_genuine_document_changes_nothing(suspected):
    line, case = suspected
    one, other = two_people()
    judged(one, case, genuine=True)

    assert judged(other, case, genuine=True)
    assert view_line(line).is_registered


def test_the_drafted_report_says_what_was_found_and_names_no_one(suspected):
    line, case = suspected
    one, other = two_people()
    before = draft_report(case.case_id, language="en")
    judged(one, case, genuine=False)
    judged(other, case, genuine=False)
    after = draft_report(case.case_id, language="zh-hans")

    assert "do not send" in before
    assert "证件系伪造" in after
    assert not any(secret in before + after for secret in (NUMBER, str(line)))


def test_each_judgement_leaves_its_entry(suspected):
    _, case = suspected
    one, other = two_people()
    judged(one, case, genuine=False)
    judged(other, case, genuine=False)

    found = rows("SELECT body FROM ledger_entry WHERE verb = 'selfcare:forgery:judged' ORDER BY entry_id")
    assert ['"enough":false' in str(found[0].body), '"enough":true' in str(found[1].body)] == [True, True]


def test_the_case_of_a_protected_subscriber_waits_for_those_who_may_see_it_alone(suspected):
    line, case = suspected
    supervisor, officer = two_people()
    before = [one.about for one in pending_approvals(supervisor, [Permission.DECIDE_FORGERY])]

    set_protection(current_tenure(line).person_id, protected=True)

    assert before == [str(case.case_id)]
    assert pending_approvals(supervisor, [Permission.DECIDE_FORGERY]) == []
    assert pending_approvals(console_authority(), [Permission.DECIDE_FORGERY]) == []
    assert [one.about for one in pending_approvals(officer, [Permission.DECIDE_FORGERY])] == [
        str(case.case_id)
    ]
