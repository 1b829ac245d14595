# SPDX-License-Identifier: EUPL-1.2
"""An appeal is against a decision, once, and another person decides it; a correction ends with the record."""

import datetime as dt

import pytest
from django.db.models import F

from rollkeeper.access import dual_control
from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import ROLE_TOO_RECENT
from rollkeeper.access.models import RoleGrant
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import current_tenure, line_history, view_line
from rollkeeper.registration.services import change_record
from rollkeeper.registration.submissions import Submission
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.case_decisions import settle_case, settle_done_corrections
from rollkeeper.selfcare.choices import CaseKind, PortalRequestKind
from rollkeeper.selfcare.errors import DECIDED_BY_SAME_PERSON, NOT_CORRECTED
from rollkeeper.selfcare.queries import open_cases, tenures_as_one
from rollkeeper.selfcare.rules import may_appeal
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.selfcare.people import NUMBER, ON, PERSON, register_line, session
from tests.selfcare.test_services import OTHER, SOMEBODY_ELSE, ask, give_away, proved_session

FIRST = Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "0e" * 32)


def dismissed(at_portal):
    """Lose a dispute."""
    token = session(at_portal)
    ask(token, PortalRequestKind.DISPUTE)
    settle_case(FIRST, open_cases()[0].case_id, upheld=False, on=ON)
    return token


@pytest.mark.parametrize(
    ("lost", "appealed", "suspended", "suspension_appealed", "may"),
    [
        (0, 0, False, False, False), (1, 0, False, False, True), (1, 1, False, False, False), (2, 1, False, False, True),
        (0, 0, True, False, True), (0, 0, True, True, False), (1, 1, True, False, True),
    ],
)  # fmt: skip
def test_there_is_an_appeal_for_each_decision_and_no_more(
    lost, appealed, suspended, suspension_appealed, may
):
    verdict = may_appeal(
        dismissed=lost, appealed=appealed, suspended=suspended, suspension_appealed=suspension_appealed
    )

    assert isinstance(verdict, Refused) is not may


def test_nothing_decided_is_nothing_to_appeal_against(at_portal):
    register_line()

    assert ask(session(at_portal), PortalRequestKind.APPEAL)["refused"] == "nothing_to_appeal"
    assert rows("SELECT FROM lines_pause") == []


def test_an_appeal_stops_the_clock_until_somebody_else_has_decided_and_is_had_once(at_portal):
    line = register_line()
    token, later = dismissed(at_portal), ON + dt.timedelta(days=9)
    assert "done" in ask(token, PortalRequestKind.APPEAL)
    (case,) = open_cases()

    for same in (FIRST, console_authority()):
        with refusing(DECIDED_BY_SAME_PERSON):
            settle_case(same, case.case_id, upheld=True, on=later)
    settle_case(employ(StaffRole.SUPERVISOR), case.case_id, upheld=False, on=later)

    assert (ON, later) in {(pause.first, pause.last) for pause in line_history(line).pauses}
    assert ask(token, PortalRequestKind.APPEAL)["refused"] == "nothing_to_appeal"
    assert case.kind is CaseKind.APPEAL
    assert not view_line(line).is_disputed


@pytest.mark.parametrize("upheld", [True, False])
def test_an_appeal_about_a_line_that_is_not_theirs_unlinks_it_where_it_is_upheld(at_portal, upheld):
    line, token = register_line(), proved_session(at_portal)
    ask(token, PortalRequestKind.NOT_MINE)
    settle_case(FIRST, open_cases()[0].case_id, upheld=False, on=ON)
    assert "done" in ask(token, PortalRequestKind.APPEAL)

    settle_case(employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=upheld, on=ON)

    assert (current_tenure(line) is None) is upheld
    assert view_line(line).is_registered is not upheld
    assert view_line(line).state == "active"


def lost_correction(at_portal):
    """Lose a correction of the name, and appeal."""
    token = proved_session(at_portal)
    ask(token, PortalRequestKind.CORRECT, about="name")
    settle_case(FIRST, open_cases()[0].case_id, upheld=False, on=ON)
    assert "done" in ask(token, PortalRequestKind.APPEAL)
    return token


def test_an_upheld_appeal_about_a_correction_opens_it_until_the_record_is_changed(at_portal):
    line = register_line()
    lost_correction(at_portal)

    settle_case(employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=True, on=ON)

    (again,) = open_cases()
    assert (again.kind, again.line_id) == (CaseKind.CORRECT, line)
    assert [row.about for row in rows("SELECT about FROM selfcare_case WHERE settled_on IS NULL")] == ["name"]
    assert settle_done_corrections(worker_authority(), on=ON) == 0
    correct("Another Spelling")
    assert settle_done_corrections(worker_authority(), on=ON) == 1
    assert open_cases() == []


def test_a_dismissed_appeal_about_a_correction_opens_nothing(at_portal):
    register_line()
    lost_correction(at_portal)

    settle_case(employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=False, on=ON)

    assert open_cases() == []


def test_an_upheld_appeal_about_a_correction_that_was_made_meanwhile_opens_nothing(at_portal):
    register_line()
    lost_correction(at_portal)
    correct("Another Spelling")

    settle_case(employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=True, on=ON)

    assert open_cases() == []


def test_an_upheld_appeal_about_a_correction_asks_for_no_second_one(at_portal):
    register_line()
    token = lost_correction(at_portal)
    ask(token, PortalRequestKind.CORRECT, about="name")
    (appeal,) = (one for one in open_cases() if one.kind is CaseKind.APPEAL)

    settle_case(employ(StaffRole.SUPERVISOR), appeal.case_id, upheld=True, on=ON)

    assert [one.kind for one in open_cases()] == [CaseKind.CORRECT]


def test_an_upheld_appeal_of_who_gave_the_line_away_opens_no_correction(at_portal):
    register_line()
    lost_correction(at_portal)
    give_away(NUMBER, SOMEBODY_ELSE)

    settle_case(employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=True, on=ON)

    assert open_cases() == []


def test_an_account_of_today_dismisses_no_appeal_in_production(at_portal, monkeypatch):
    monkeypatch.setattr(dual_control, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))
    register_line()
    token, second = dismissed(at_portal), employ(StaffRole.SUPERVISOR)
    ask(token, PortalRequestKind.APPEAL)
    (case,) = open_cases()

    with refusing(ROLE_TOO_RECENT):
        settle_case(second, case.case_id, upheld=False, on=ON)

    assert open_cases()
    RoleGrant.objects.update(granted_at=F("granted_at") - dt.timedelta(hours=25))
    settle_case(second, case.case_id, upheld=False, on=ON)
    assert open_cases() == []


def test_an_account_of_today_grants_an_appeal(at_portal, monkeypatch):
    monkeypatch.setattr(dual_control, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))
    register_line()
    ask(dismissed(at_portal), PortalRequestKind.APPEAL)

    settle_case(employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=True, on=ON)

    assert open_cases() == []


def test_a_record_that_was_corrected_in_between_takes_no_appeal_away(at_portal):
    register_line()
    dismissed(at_portal)

    correct("Another Spelling")

    token = session(at_portal)
    assert [(one["kind"], one["upheld"]) for one in cases_shown(token)] == [("dispute", False)]
    assert "done" in ask(token, PortalRequestKind.APPEAL)
    settle_case(employ(StaffRole.SUPERVISOR), open_cases()[0].case_id, upheld=False, on=ON)
    assert ask(token, PortalRequestKind.APPEAL)["refused"] == "nothing_to_appeal"


def test_a_case_from_before_a_correction_is_theirs_still_and_of_no_one_later(at_portal):
    register_line()
    ask(session(at_portal), PortalRequestKind.DISPUTE)
    correct("Another Spelling")
    (case,) = open_cases()

    token = session(at_portal)
    assert "done" in ask(token, PortalRequestKind.WITHDRAW_CASE, case=str(case.case_id))
    assert [one["withdrawn"] for one in cases_shown(token)] == [True]
    give_away(NUMBER, SOMEBODY_ELSE)
    later = current_tenure(case.line_id).tenure_id
    assert tenures_as_one(case.line_id, later) == [later]


@pytest.mark.parametrize("in_hand", [NUMBER, OTHER])
def test_a_correction_takes_no_receipt_of_before_from_its_subscriber(at_portal, in_hand):
    register_line()
    if in_hand == OTHER:
        register_line(OTHER)
    before = receipts_of(at_portal, in_hand)

    correct("Another Spelling")

    assert before < receipts_of(at_portal, in_hand)


@pytest.mark.parametrize("in_hand", [NUMBER, OTHER])
def test_a_corrected_line_is_theirs_since_the_day_of_its_registration(at_portal, in_hand):
    register_line()
    register_line(OTHER)
    run("UPDATE lines_tenure SET held = tstzrange(lower(held) - interval '40 days', NULL)")
    correct("Another Spelling")
    token = session(at_portal, in_hand)
    run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")

    since = {one["since"] for one in shown(token)["lines"]}

    assert since == {(ON - dt.timedelta(days=40)).isoformat()}


def test_of_who_had_the_line_before_the_next_subscriber_sees_no_receipt(at_portal):
    register_line()
    correct("Another Spelling")
    before = receipts_of(at_portal, NUMBER)

    give_away(NUMBER, SOMEBODY_ELSE)

    assert before
    assert not before & receipts_of(at_portal, NUMBER)


def receipts_of(at_portal, number):
    token = session(at_portal, number)
    run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")
    return {one["code"] for one in shown(token)["receipts"]}


def cases_shown(token):
    return shown(token)["lines"][0]["cases"]


def shown(token):
    return portal_client.send_request(token, PortalRequestKind.DASHBOARD, language="en")["done"]


def correct(name):
    change_record(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=NUMBER, kind=PartyKind.INDIVIDUAL,
            parts={PartyRole.SUBSCRIBER: PERSON | {"name": name}}, language="en", double_checked=True,
        ),
        on=ON,
    )  # fmt: skip


def test_a_correction_is_done_when_the_record_is_changed_and_then_closes_by_itself(at_portal):
    register_line()
    correct("Another Spelling")  # before anybody asked: it answers nothing
    ask(proved_session(at_portal), PortalRequestKind.CORRECT, about="name")
    (case,) = open_cases()

    with refusing(NOT_CORRECTED):
        settle_case(FIRST, case.case_id, upheld=True, on=ON)
    assert settle_done_corrections(worker_authority(), on=ON) == 0
    correct("Invented Person")

    assert settle_done_corrections(worker_authority(), on=ON) == 1
    assert open_cases() == []
    assert [row.upheld for row in rows("SELECT upheld FROM selfcare_case")] == [True]


def test_a_correction_that_is_not_made_is_dismissed_by_a_person(at_portal):
    register_line()
    ask(proved_session(at_portal), PortalRequestKind.CORRECT, about="name")

    settle_case(FIRST, open_cases()[0].case_id, upheld=False, on=ON)

    assert open_cases() == []


def test_a_correction_takes_no_access_of_before_from_the_line_in_hand(at_portal):
    line = register_line()
    append_entry(console_authority(), verb=Verb.LINE_LOOKED_UP, role="auditor", on=ON, line_id=line)
    before = len(shown(session(at_portal))["accesses"])

    correct("Another Spelling")

    assert before > 0
    assert len(shown(session(at_portal))["accesses"]) >= before
