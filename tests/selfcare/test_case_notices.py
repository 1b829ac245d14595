# SPDX-License-Identifier: EUPL-1.2
"""A person is told that their case is decided: on the line that is theirs, once, and nothing that a stranger could use."""

import pytest

from rollkeeper.access.authority import console_authority, subscriber_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import PersonId, TenureId, new_uuid
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.contacts import join_contact
from rollkeeper.lines.queries import current_tenure, find_line, number_index_of
from rollkeeper.lines.writes import NewTenure
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.phrases import CASES
from rollkeeper.notices.services import send_due
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import CaseKind, DecisionReason, ForgerySign, PortalRequestKind
from rollkeeper.selfcare.forgeries import suspect_forgery
from rollkeeper.selfcare.portal_worker import forget_expired
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_case, open_dispute_case, protect_subscriber
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values
from tests.builders.complaints import BODY, complaining
from tests.builders.lines import change_line, suspend_line, transfer_tenure
from tests.builders.packs import use_pack
from tests.builders.staff import employ
from tests.notices.fakes import Way
from tests.selfcare.people import NUMBER, ON, ask, register_line, session
from tests.selfcare.test_appeals import correct

OTHER = "+8613908915678"
SUBSCRIBER = subscriber_authority("0d" * 32)
OF_A_LINE = [CaseKind.DISPUTE, CaseKind.APPEAL, CaseKind.CORRECT, CaseKind.INHERIT]


def opened(line, kind):
    tenure = current_tenure(line)
    opening = open_dispute_case if kind in {CaseKind.DISPUTE, CaseKind.INHERIT} else open_case
    opening(SUBSCRIBER, line, kind, tenure_id=tenure and tenure.tenure_id, on=ON)
    return next(one for one in open_cases() if one.kind is kind)


def decide(case, because=DecisionReason.RECORD_RIGHT, by=None):
    settle_case(
        by or employ(StaffRole.SUPERVISOR),
        case.case_id,
        upheld=because.is_for_upheld,
        because=because,
        on=ON,
    )


def give_away(line):
    (now,) = rows("SELECT clock_timestamp() AS at")
    transfer_tenure(
        NewTenure(line, TenureId(new_uuid()), "individual", PersonId(new_uuid()), "sighted", "0a" * 32),
        at=now.at,
    )


def owed():
    return [
        (row.line_id, row.about, row.state)
        for row in rows(
            "SELECT line_id, about, state FROM notices_notice WHERE kind = 'case_decided' ORDER BY notice_id"
        )
    ]


def sent(channel=Channel.SMS):
    way = Way()
    send_due(worker_authority(), on=ON, by_channel={channel: way})
    return way.heard


@pytest.mark.parametrize("kind", OF_A_LINE)
def test_who_has_a_case_is_told_on_their_line_when_it_is_decided(at_portal, kind):
    line = register_line()
    case = opened(line, kind)
    before = owed()

    decide(case)

    assert before == []
    assert owed() == [(line, kind.value, "queued")]


def test_a_user_whose_line_has_no_subscriber_is_told_too(at_portal, new_line):
    line = find_line(new_line()).line_id
    decide(opened(line, CaseKind.DISPUTE))

    assert owed() == [(line, "dispute", "queued")]


def test_a_correction_that_settles_itself_is_told_as_decided(at_portal):
    line = register_line()
    opened(line, CaseKind.CORRECT)
    correct("Another Spelling")
    forget_expired(worker_authority(), on=ON)

    assert owed() == [(line, "correct", "queued")]


def disowned(telephone, *, by, of):
    """Say in a session with one line that another one, or the same, is not theirs; return the case."""
    token = session(telephone, number=by)
    run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")
    answer = ask(token, PortalRequestKind.NOT_MINE, line=str(of))
    assert "done" in answer, answer
    return next(one for one in open_cases() if one.kind is CaseKind.NOT_MINE)


@pytest.mark.parametrize("because", [DecisionReason.NOT_THEIR_LINE, DecisionReason.RECORD_RIGHT])
def test_who_disowns_a_line_is_told_on_their_own_and_its_user_is_not(at_portal, because):
    mine, third, strange = register_line(), register_line("+8613908917777"), register_line(OTHER)
    case = disowned(at_portal, by=NUMBER, of=strange)

    decide(case, because)

    assert owed() == [(mine, "not_mine", "queued")]
    assert third
    assert rows("SELECT asked_from FROM selfcare_case")[0].asked_from is None


def test_who_disowns_the_line_in_their_hand_is_told_at_the_portal_alone(at_portal):
    strange = register_line()
    decide(disowned(at_portal, by=NUMBER, of=strange), DecisionReason.NOT_THEIR_LINE)

    assert owed() == []


def test_a_line_that_was_given_away_meanwhile_hears_nothing_of_a_disowned_one(at_portal):
    mine, strange = register_line(), register_line(OTHER)
    case = disowned(at_portal, by=NUMBER, of=strange)
    give_away(mine)
    decide(case, DecisionReason.NOT_THEIR_LINE)

    assert owed() == []


def test_an_appeal_about_a_disowned_line_is_told_where_the_first_decision_was(at_portal):
    mine, strange = register_line(), register_line(OTHER)
    decide(disowned(at_portal, by=NUMBER, of=strange))
    token = session(at_portal, number=NUMBER)
    run("UPDATE selfcare_portalsession SET verified_at = clock_timestamp()")
    assert "done" in ask(token, PortalRequestKind.APPEAL, line=str(strange))
    decide(open_cases()[0], by=employ(StaffRole.DATA_PROTECTION_OFFICER))

    assert owed() == [(mine, "not_mine", "queued"), (mine, "appeal", "queued")]


def test_no_other_case_of_a_line_is_told_on_it_while_its_person_disowns_it(at_portal):
    strange = register_line()
    disowned(at_portal, by=NUMBER, of=strange)
    decide(opened(strange, CaseKind.CORRECT))

    assert owed() == []


def suspected():
    suspect_forgery(
        employ(StaffRole.CLERK), submission_key="forged-1", number=NUMBER, sign=ForgerySign.ALTERED, on=ON
    )
    return open_cases()[0]


@pytest.mark.parametrize(
    ("because", "told"), [(DecisionReason.DOCUMENT_SEEN, 1), (DecisionReason.DOCUMENT_FORGED, 0)]
)
def test_a_suspicion_is_told_once_two_people_found_the_document_genuine(at_portal, because, told):
    line = register_line()
    case = suspected()
    decide(case, because)
    after_one = owed()
    decide(case, because, by=employ(StaffRole.DATA_PROTECTION_OFFICER))

    assert after_one == []
    assert owed() == [(line, "forgery", "queued")] * told


def test_who_took_their_case_back_is_told_nothing_unless_staff_did_it(at_portal):
    line = register_line()
    token = session(at_portal)
    ask(token, PortalRequestKind.DISPUTE)
    ask(token, PortalRequestKind.WITHDRAW_CASE, case=str(open_cases()[0].case_id))
    by_themselves = owed()
    decide(opened(line, CaseKind.DISPUTE), DecisionReason.TAKEN_BACK)

    assert by_themselves == []
    assert owed() == [(line, "dispute", "queued")]


def test_a_line_that_another_person_has_by_now_is_told_nothing(at_portal):
    line = register_line()
    case = opened(line, CaseKind.DISPUTE)
    give_away(line)
    decide(case)

    assert owed() == []


def test_a_notice_that_waits_while_the_line_is_given_away_is_withdrawn(at_portal, as_role):
    line = register_line()
    decide(opened(line, CaseKind.DISPUTE))
    give_away(line)

    with as_role("worker"):
        assert sent() == []
    assert owed() == [(line, "dispute", "withdrawn")]


@pytest.mark.parametrize("left", [False, True])
def test_who_registers_a_line_while_its_users_notice_waits_is_told_nothing(
    at_portal, new_line, as_role, left
):
    line = find_line(new_line()).line_id
    decide(opened(line, CaseKind.DISPUTE))
    give_away(line)
    if left:
        run("UPDATE lines_tenure SET held = tstzrange(lower(held), clock_timestamp())")

    with as_role("worker"):
        assert sent() == []
    assert owed() == [(line, "dispute", "withdrawn")]


def test_a_user_after_a_subscriber_is_told_nothing_of_the_case_of_one_before(at_portal, new_line):
    line = find_line(new_line()).line_id
    case = opened(line, CaseKind.DISPUTE)
    give_away(line)
    run("UPDATE lines_tenure SET held = tstzrange(lower(held), clock_timestamp())")
    decide(case)

    assert owed() == []


def test_who_uses_a_line_that_its_subscriber_left_before_the_case_is_told(at_portal, new_line):
    line = find_line(new_line()).line_id
    give_away(line)
    run("UPDATE lines_tenure SET held = '[2011-03-01 00:00+00, 2012-03-01 00:00+00)'")
    decide(opened(line, CaseKind.DISPUTE))

    assert owed() == [(line, "dispute", "queued")]


@pytest.mark.parametrize("kind", [CaseKind.DISPUTE, CaseKind.CORRECT])
def test_a_notice_that_waits_while_its_person_disowns_the_line_is_withdrawn(at_portal, as_role, kind):
    line = register_line()
    decide(opened(line, kind))
    disowned(at_portal, by=NUMBER, of=line)

    with as_role("worker"):
        assert sent() == []
    assert owed() == [(line, kind.value, "withdrawn")]


def test_a_line_that_is_theirs_again_is_told_of_the_next_case(at_portal):
    line = register_line()
    decide(disowned(at_portal, by=NUMBER, of=line))
    decide(opened(line, CaseKind.CORRECT))

    assert owed() == [(line, "correct", "queued")]


@pytest.mark.parametrize("after", [False, True])
def test_a_protected_subscriber_is_sent_nothing(at_portal, after):
    line = register_line()
    case = opened(line, CaseKind.DISPUTE)
    if not after:
        protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)
    decide(case, by=employ(StaffRole.DATA_PROTECTION_OFFICER))
    if after:
        protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)

    assert sent() == []
    assert owed() == [(line, "dispute", "withdrawn")] * after


@pytest.mark.parametrize("because", [DecisionReason.RECORD_RIGHT, DecisionReason.DOCUMENT_SEEN])
def test_what_is_sent_says_neither_reason_nor_outcome_nor_number_nor_name(at_portal, as_role, because):
    case, supervisor = opened(register_line(), CaseKind.DISPUTE), employ(StaffRole.SUPERVISOR)

    with as_role("worker"):
        decide(case, because, by=supervisor)
        (message,) = sent()
    code = rows("SELECT code FROM notices_notice WHERE kind = 'case_decided'")[0].code

    assert message.text == (
        "Invented Telecom: we decided on what you contested about this line. Read the decision and its reason on your page with us,"
        f" or ask at any counter. Check this message: 10086, code {code}."
    )
    assert message.address.reveal() == NUMBER


def test_what_is_sent_is_in_the_language_that_the_person_asked_for(at_portal):
    line = register_line()
    change_line(line, language="zh-hans")
    decide(opened(line, CaseKind.APPEAL))

    (message,) = sent()

    assert "您的复查申请" in message.text


def test_a_letter_says_who_decides_a_complaint_where_the_law_in_force_names_them(at_portal, law_put_back):
    line, texts = register_line(), []
    value, kind = join_contact("invented@example.org", None)
    (sealed,) = seal_line_values(LineField.CONTACT, [(line, value)])
    change_line(line, contact_sealed=sealed, contact_kind=kind)
    for pack in (complaining(), complaining(is_confirmed=False), complaining(text='en: "www.example.org"')):
        use_pack(pack)
        decide(opened(line, CaseKind.CORRECT))
        texts += [one.text for one in sent(Channel.EMAIL)]

    assert [BODY["en"] in one for one in texts] == [True, False, False]
    assert "example.org" not in texts[2]


def test_a_suspended_line_is_told_by_another_channel_as_of_any_notice(at_portal):
    line = register_line()
    suspend_line(line, reason=SuspensionReason.REGISTRATION, on=ON)
    decide(opened(line, CaseKind.CORRECT))

    assert sent() == []
    assert owed() == [(line, "correct", "unreachable")]


def test_the_notice_is_of_a_kind_with_no_day_and_of_no_duty():
    assert not NoticeKind.CASE_DECIDED.promises_date
    assert not NoticeKind.CASE_DECIDED.is_statutory


def test_every_kind_of_case_has_words_in_the_notice():
    assert set(CASES) == set(CaseKind.values)
