# SPDX-License-Identifier: EUPL-1.2
"""The pages of cases, in the back office's database role: days, who has them, decisions by a worker, and nothing about anybody."""

import datetime as dt
import re

import pytest

from rollkeeper.access.authority import console_authority, subscriber_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.backoffice import paging
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.lines.queries import current_tenure, number_index_of, view_line
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_case, open_dispute_case, protect_subscriber
from tests.agents.conftest import ON, vaulted  # noqa: F401 - the same set-up
from tests.builders.backoffice import staffed_backoffice
from tests.builders.workers import attend
from tests.registration.conftest import new_line  # noqa: F401
from tests.selfcare.people import NUMBER, register_line

LAST = ON + dt.timedelta(days=30)


@pytest.fixture
def asked(vaulted, app, as_role, monkeypatch):  # noqa: F811
    """Request a page as a user; requests use the back office's role, and a worker does at once what they ask for."""
    clock.set_demo_date(ON)
    return staffed_backoffice(
        app, as_role, monkeypatch, anna=StaffRole.DATA_PROTECTION_OFFICER, bo=StaffRole.SUPERVISOR, cai=StaffRole.CAMPAIGN_MANAGER,
    )  # fmt: skip


def disputed(kind=CaseKind.DISPUTE, number=NUMBER):
    line_id = register_line(number)
    who = subscriber_authority("0d" * 32)
    tenure_id = current_tenure(line_id).tenure_id
    if kind in {CaseKind.DISPUTE, CaseKind.NOT_MINE, CaseKind.INHERIT}:
        open_dispute_case(who, line_id, kind, tenure_id=tenure_id, on=ON)
    else:
        about = {CaseKind.CORRECT: "name", CaseKind.FORGERY: "picture"}.get(kind)
        open_case(who, line_id, kind, tenure_id=tenure_id, on=ON, about=about)
    return next(one for one in open_cases() if one.line_id == line_id)


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
@pytest.mark.parametrize("kind", CaseKind)
def test_a_case_of_each_kind_is_listed_and_shown_and_names_no_one(asked, kind, language):
    case = disputed(kind)

    listed, page = (
        asked("anna", "get", at, language=language) for at in ("/cases/", f"/cases/{case.case_id}/")
    )

    assert (listed.status_code, page.status_code) == (200, 200)
    assert str(case.case_id) in listed.text_
    assert not [
        one for one in (NUMBER[3:], "Invented Person", str(case.line_id)) if one in listed.text_ + page.text_
    ]


@pytest.mark.parametrize(
    ("day", "said", "in_menu"),
    [
        (LAST - dt.timedelta(days=8), "8 days left", False),
        (LAST - dt.timedelta(days=7), "7 days left", True),
        (LAST, "today is its last day", True),
        (LAST + dt.timedelta(days=1), "overdue since yesterday", True),
        (LAST + dt.timedelta(days=2), "overdue by 2 days", True),
    ],
)
def test_a_legal_deadline_is_in_the_menu_of_every_page_when_it_is_near(asked, day, said, in_menu):
    disputed()
    clock.set_demo_date(day)

    for name in ("anna", "bo", "cai"):
        assert said in asked(name, "get", "/cases/").text_
        assert (
            bool(
                re.search(
                    r'href="/cases/">[^<]*<span class="rk-count">1<', asked(name, "get", "/campaign/").text_
                )
            )
            is in_menu
        )


def test_the_overdue_case_is_the_first_and_filters_hold_to_their_word(asked):
    late, early = disputed(), disputed(CaseKind.CORRECT, "+8613908911235")
    run("UPDATE selfcare_case SET due_on = %s WHERE case_id = %s", [ON - dt.timedelta(days=1), early.case_id])

    everything = asked("bo", "get", "/cases/").text_
    overdue = asked("bo", "get", "/cases/?only=overdue").text_

    assert everything.index(str(early.case_id)) < everything.index(str(late.case_id))
    assert str(early.case_id) in overdue
    assert str(late.case_id) not in overdue


def test_every_decided_case_is_on_a_page(asked, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 1)
    made = [str(disputed(CaseKind.CORRECT, f"+861390891124{n}").case_id) for n in range(2)]
    run("UPDATE selfcare_case SET settled_on = %s, upheld = true WHERE case_id = ANY(%s::uuid[])", [ON, made])

    pages = [asked("bo", "get", f"/cases/?only=mine&decided={n}").text_ for n in (1, 2)]

    assert [[one for one in made if one in page] for page in pages] == [[made[1]], [made[0]]]
    assert 'href="?only=mine&amp;decided=2#decided"' in pages[0]


def test_a_case_leads_to_the_ones_before_and_after_it(asked):
    first, second, third = (str(disputed(CaseKind.CORRECT, f"+861390891125{n}").case_id) for n in range(3))
    for day, one in enumerate((first, second, third)):
        run(
            "UPDATE selfcare_case SET due_on = %s WHERE case_id = %s::uuid",
            [ON + dt.timedelta(days=day), one],
        )

    page = asked("bo", "get", f"/cases/{second}/").text_
    run("UPDATE selfcare_case SET settled_on = %s, upheld = true WHERE case_id = %s::uuid", [ON, third])
    decided = asked("bo", "get", f"/cases/{third}/").text_

    assert f'rel="prev" href="/cases/{first}/"' in page
    assert "2 / 3" in page
    assert f'rel="next" href="/cases/{third}/"' in page
    assert f'rel="next" href="/cases/{first}/"' in decided
    assert 'rel="prev"' not in decided


def test_a_case_is_taken_on_and_given_back(asked):
    at = f"/cases/{disputed().case_id}/"

    taken = asked("anna", "post", at + "take/")
    mine = asked("anna", "get", "/cases/?only=mine").text_
    back = asked("anna", "post", at + "take/", {"gives_back": "yes"})

    assert "This case is now assigned to you." in taken.text_
    assert "With anna." in taken.text_
    assert at in mine
    assert "This case is not assigned to anyone." in back.text_
    verbs = [
        row.body
        for row in rows(
            "SELECT body FROM ledger_entry WHERE verb = 'selfcare:case:assigned' ORDER BY entry_id"
        )
    ]
    assert ['"taken":true' in body for body in verbs] == [True, False]


def test_a_case_is_decided_after_a_question_by_a_worker_in_the_persons_name(asked):
    case = disputed()
    at = f"/cases/{case.case_id}/decide/"

    question = asked("bo", "post", at, {"because": "receipt_proves"})
    before = open_cases()
    done = asked("bo", "post", at, {"because": "receipt_proves", "confirmed": "yes"})

    assert "works again within minutes" in question.text_
    assert [one.case_id for one in before] == [case.case_id]
    assert "Decided: the subscriber is right." in done.text_
    assert "A receipt proves the registration" in done.text_
    assert not view_line(case.line_id).is_disputed
    (entry,) = rows("SELECT body, staff_id FROM ledger_entry WHERE verb = 'selfcare:case:settled'")
    assert '"because":"receipt_proves"' in entry.body
    assert entry.staff_id is not None
    assert not rows("SELECT FROM access_staffrequest WHERE payload <> '{}'")


def test_the_page_of_a_decided_case_says_how_far_its_notice_has_come(asked):
    case = disputed()
    at = f"/cases/{case.case_id}/"
    question = asked("bo", "post", at + "decide/", {"because": "record_right"})
    before = asked("bo", "get", at)
    owed = asked("bo", "post", at + "decide/", {"because": "record_right", "confirmed": "yes"})
    shown = {}
    for state, channel in (("sent", "sms"), ("bounced", "post")):
        run(
            "UPDATE notices_notice SET state = %s, channel = %s WHERE kind = 'case_decided'", [state, channel]
        )
        shown[state] = asked("anna", "get", at).text_

    assert "If a notice may go, it tells the subscriber that it is decided" in question.text_
    assert "Notice to the subscriber" not in before.text_
    assert "Notice to the subscriber: To be sent" in owed.text_
    assert "Notice to the subscriber: Sent, not proved · Text message" in shown["sent"]
    assert "Notice to the subscriber: Failed · Letter" in shown["bounced"]


def test_the_page_of_a_case_whose_person_is_told_nothing_says_so(asked):
    case = disputed(CaseKind.NOT_MINE)

    done = asked(
        "bo", "post", f"/cases/{case.case_id}/decide/", {"because": "not_their_line", "confirmed": "yes"}
    )

    assert "There is no notice of this decision, for example" in done.text_


@pytest.mark.parametrize(("because", "said"), [("document_forged", False), ("document_seen", True)])
def test_before_a_decision_a_notice_is_spoken_of_where_one_may_go(asked, because, said):
    at = f"/cases/{disputed(CaseKind.FORGERY).case_id}/decide/"

    question = asked("bo", "post", at, {"because": because})

    assert question.status_code == 200
    assert ("If a notice may go" in question.text_) is said


def test_a_decision_without_a_reason_or_with_one_of_another_kind_is_not_made(asked):
    at = f"/cases/{disputed().case_id}/decide/"

    without = asked("bo", "post", at, {"confirmed": "yes"})
    strange = asked("bo", "post", at, {"because": "death_shown", "confirmed": "yes"})

    assert (without.status_code, strange.status_code) == (422, 422)
    assert "Error:" in without.text_
    assert len(open_cases()) == 1


def test_who_may_only_see_cases_decides_none_and_takes_none_on(asked):
    at = f"/cases/{disputed().case_id}/"

    assert asked("cai", "get", at).status_code == 200
    assert "Take this case" not in asked("cai", "get", at).text_
    for address in ("take/", "decide/"):
        assert (
            asked("cai", "post", at + address, {"because": "record_right", "confirmed": "yes"}).status_code
            == 403
        )
    assert len(open_cases()) == 1


def test_who_decided_a_case_does_not_decide_the_appeal(asked):
    first = disputed()
    asked("bo", "post", f"/cases/{first.case_id}/decide/", {"because": "record_right", "confirmed": "yes"})
    open_case(
        console_authority(), first.line_id, CaseKind.APPEAL, tenure_id=current_tenure(first.line_id).tenure_id,
        against=first.case_id, on=ON,
    )  # fmt: skip
    appeal = next(one for one in open_cases() if one.kind is CaseKind.APPEAL)
    at, said = f"/cases/{appeal.case_id}/decide/", {"because": "record_right", "confirmed": "yes"}

    own, other = (asked(name, "get", f"/cases/{appeal.case_id}/").text_ for name in ("bo", "anna"))
    by_the_same = asked("bo", "post", at, said)
    still_open = len(open_cases())
    by_another = asked("anna", "post", at, said)

    assert "You made the first decision: another person decides the appeal." in own
    assert f'action="{at}"' not in own
    assert "Take this case" not in own
    assert f'action="{at}"' in other
    assert by_the_same.status_code == 403
    assert "who did not make the first decision" in by_the_same.text_
    assert still_open == 1
    assert "Decided: the subscriber is not right." in by_another.text_


@pytest.mark.parametrize(
    ("kind", "said_before", "is_theirs", "opened"),
    [
        (CaseKind.NOT_MINE, "The line is permanently unlinked from this person.", False, []),
        (CaseKind.CORRECT, "the correction is opened again", True, [CaseKind.CORRECT]),
    ],
)
def test_an_upheld_appeal_does_what_was_said_before(asked, kind, said_before, is_theirs, opened):
    first = disputed(kind)
    tenure_id = current_tenure(first.line_id).tenure_id
    asked("bo", "post", f"/cases/{first.case_id}/decide/", {"because": "record_right", "confirmed": "yes"})
    open_case(
        console_authority(), first.line_id, CaseKind.APPEAL, tenure_id=tenure_id, against=first.case_id, on=ON
    )
    (appeal,) = open_cases()
    at, said = f"/cases/{appeal.case_id}/decide/", {"because": "document_seen"}

    before = asked("anna", "post", at, said)
    done = asked("anna", "post", at, said | {"confirmed": "yes"})

    assert said_before in before.text_
    assert "Decided: the subscriber is right." in done.text_
    assert (current_tenure(first.line_id) is not None) is is_theirs
    assert [one.kind for one in open_cases()] == opened


def test_a_protected_subscribers_case_is_there_for_the_officer_alone(asked):
    case = disputed()
    protect_subscriber(console_authority(), number_index_of(NUMBER), protected=True, on=ON)
    at = f"/cases/{case.case_id}/"

    assert at in asked("anna", "get", "/cases/").text_
    assert at not in asked("bo", "get", "/cases/").text_
    assert asked("bo", "get", at).status_code == 404
    assert asked("bo", "post", at + "take/").status_code == 404


def test_what_waits_longer_for_a_worker_is_said_so_and_not_done(asked, as_role, monkeypatch):
    case = disputed()
    attend(monkeypatch, as_role, is_there=False)

    answer = asked(
        "bo", "post", f"/cases/{case.case_id}/decide/", {"because": "record_right", "confirmed": "yes"}
    )

    assert "will be done within minutes" in answer.text_
    assert len(open_cases()) == 1


def test_two_people_decide_a_forgery_on_its_page_and_have_the_report_as_a_text(asked):
    case = disputed(CaseKind.FORGERY)
    run("UPDATE selfcare_case SET about = 'altered' WHERE case_id = %s", [case.case_id])
    at, found = f"/cases/{case.case_id}/", {"because": "document_forged", "confirmed": "yes"}

    page = asked("bo", "get", at)
    first = asked("bo", "post", at + "decide/", found)
    still_open = len(open_cases())
    second = asked("anna", "post", at + "decide/", found)
    report = asked("anna", "get", at + "report/")

    assert "The document was altered" in page.text_
    assert f'href="{at}report/"' in page.text_
    assert "decided once two people found the same" in first.text_
    assert still_open == 1
    assert second.status_code == 200
    assert open_cases() == []
    assert current_tenure(case.line_id) is None
    assert report["Content-Type"].startswith("text/plain")
    assert not [one for one in (NUMBER[3:], "Invented Person", str(case.line_id)) if one in report.text_]


def test_a_document_that_waits_for_a_second_person_leads_to_its_case(asked):
    case = disputed(CaseKind.FORGERY)

    page = asked("bo", "get", "/pending-approvals/").text_
    address = re.search(rf'href="([^"]*{case.case_id}[^"]*)"', page)[1]

    assert asked("bo", "get", address).status_code == 200


def test_who_judged_a_document_is_told_so_and_not_asked_again(asked):
    at = f"/cases/{disputed(CaseKind.FORGERY).case_id}/"
    asked("bo", "post", at + "decide/", {"because": "document_forged", "confirmed": "yes"})

    own, other = (asked(name, "get", at).text_ for name in ("bo", "anna"))
    own_list, other_list = (asked(name, "get", "/pending-approvals/").text_ for name in ("bo", "anna"))

    assert "decided once two people found the same" in own
    assert "decided once two people found the same" not in other
    assert "another user approves it" in own_list
    assert "another user approves it" not in other_list
    assert "1 of 2 approvals" in other_list


def test_a_page_that_was_left_open_takes_no_case_from_a_colleague(asked):
    case = disputed()
    at = f"/cases/{case.case_id}/"
    asked("anna", "post", at + "take/", {"assigned_to": ""})

    second = asked("bo", "post", at + "take/", {"assigned_to": ""}).text_
    asked("bo", "post", at + "take/", {"assigned_to": "anna"})
    given_back = asked("anna", "post", at + "take/", {"assigned_to": "anna", "gives_back": "yes"}).text_

    assert "In the meantime anna took this case. Nothing was changed." in second
    assert "With anna." in second
    assert "In the meantime bo took this case. Nothing was changed." in given_back
    assert "With bo." in given_back


def test_a_case_is_taken_once_by_a_double_click(asked):
    at = f"/cases/{disputed().case_id}/take/"

    for _ in range(2):
        page = asked("anna", "post", at, {"assigned_to": ""}).text_

    assert "With anna." in page
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'selfcare:case:assigned'")) == 1


def test_who_decides_a_case_that_a_colleague_decided_meanwhile_is_told_so(asked):
    at = f"/cases/{disputed(CaseKind.CORRECT).case_id}/"
    first = {"because": "taken_back", "confirmed": "yes"}
    asked("anna", "post", at + "decide/", first)

    again = asked("anna", "post", at + "decide/", first)
    other = asked("bo", "post", at + "decide/", {"because": "nothing_shown", "confirmed": "yes"})
    taken = asked("bo", "post", at + "take/", {"assigned_to": ""})

    assert [one.redirect_chain for one in (again, other, taken)] == [[(at, 302)]] * 3
    assert "in the meantime" not in again.text_
    assert (
        "This case was decided in the meantime, as this page says. What you chose was not recorded."
        in other.text_
    )
    assert "The subscriber withdrew it" in other.text_
    assert "This case was decided in the meantime. Nothing was changed." in taken.text_
