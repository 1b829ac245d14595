# SPDX-License-Identifier: EUPL-1.2
"""The page of one's lines: what is urgent first, which line it is, and what cannot be done now is not offered."""

import datetime as dt
import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import action, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.access_history import acts_of
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.queries import current_tenure, line_history, view_line
from rollkeeper.portal.own_lines import said_lines
from rollkeeper.registration.services import change_record
from rollkeeper.registration.submissions import Submission
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import CaseKind, DecisionReason, ForgerySign
from rollkeeper.selfcare.disputes import dispute_line
from rollkeeper.selfcare.forgeries import suspect_forgery
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import open_dispute_case
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.builders.lines import activate_line, suspend_line
from tests.builders.staff import employ
from tests.pages import text
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

OTHER = "+8613908915678"
LINE = {
    "line": "0198c0de-0000-7000-8000-000000000001", "here": True, "service": "mobile", "state": "active", "registered": False,
    "must_reverify": False, "disputed": False, "reasons": [], "barred": "", "held": False, "since": "2010-05-01", "until": None, "contested_on": None, "good_through": None,
    "stage": "running", "sentences": [], "cases": [], "has_appeal_left": False, "may_reconnect": False, "works_until": None,
    "deadline": {"follows": "suspend", "counted": 59, "days": 60, "last_day": "2012-03-19", "earliest": "2012-03-20", "barred": "", "title": {}},
}  # fmt: skip
SHOWN = {"applied_until": None, "verified": False, "limited": False, "named": {}, "proof_refused": ""}


def said(on=ON, **changed):
    line = LINE | changed
    return said_lines(SHOWN | {"lines": [line]}, {}, on=on)[0]


@pytest.mark.parametrize(
    ("on", "is_soon", "is_over"),
    [
        ("2012-03-05", False, False),
        ("2012-03-06", True, False),
        ("2012-03-19", True, False),
        ("2012-03-20", True, True),
    ],
)
def test_a_day_is_urgent_from_two_weeks_before_it(on, is_soon, is_over):
    deadline = said(dt.date.fromisoformat(on))["deadline"]

    assert (deadline["is_soon"], deadline["is_over"]) == (is_soon, is_over)


@pytest.mark.parametrize(
    ("on", "is_past"), [("2012-05-30", False), ("2012-05-31", False), ("2012-06-01", True)]
)
def test_the_last_day_of_a_registration_is_over_on_the_day_after_it(on, is_past):
    line = said(dt.date.fromisoformat(on), good_through="2012-05-31", registered=True, deadline=None)

    assert (line["good_through"], line["is_past"]) == (dt.date(2012, 5, 31), is_past)


def test_of_several_lines_the_most_urgent_comes_first():
    calm = LINE | {"line": "calm", "deadline": None}
    suspended = LINE | {
        "line": "suspended",
        "state": "suspended",
        "here": False,
        "deadline": LINE["deadline"] | {"follows": "terminate"},
    }

    order = [one["line"] for one in said_lines(SHOWN | {"lines": [calm, LINE, suspended]}, {}, on=ON)]

    assert order == ["suspended", LINE["line"], "calm"]


def test_a_clock_that_is_paused_names_no_day():
    assert said(deadline=LINE["deadline"] | {"last_day": None, "earliest": None})["deadline"]["is_paused"]


@pytest.mark.parametrize(
    ("language", "taken", "next_taken"),
    [
        ("en", "Outgoing calls and messages barred", "Calls and messages barred, data works"),
        ("zh-hans", "停止呼出和发送短信", "停止通话和短信，数据业务可用"),
    ],
)
def test_under_a_law_of_several_bars_the_page_says_what_is_taken_and_what_comes(
    browser, language, taken, next_taken
):
    clock = LINE["deadline"] | {"barred": "calls", "title": {"en": "Second bar", "zh-hans": "第二阶段"}}
    with translation.override(language):
        line = said(state="suspended", barred="outgoing", deadline=clock)

        shown = render_to_string("portal/deadline.html", {"line": line, "at": 1})

    assert line["barred_said"] == taken
    assert f"{'Second bar' if language == 'en' else '第二阶段'} · {next_taken}" in shown
    assert ("Emergency calls" if language == "en" else "紧急呼叫") in shown


@pytest.mark.parametrize(("on", "verb"), [("2012-03-19", "is"), ("2012-03-20", "was")])
def test_a_last_day_that_is_over_is_said_to_be_over(browser, on, verb):
    day = dt.date.fromisoformat(on)

    shown = render_to_string("portal/deadline.html", {"line": said(day), "at": 1, "today": day})

    assert f"The last day to register {verb} 19 March 2012." in shown


@pytest.mark.parametrize(
    ("language", "asked"),
    [
        ("en", "You are registered. The law asks you to show your document again"),
        ("zh-hans", "您已登记。法律要求您到任一营业厅再次出示证件"),
    ],
)
@pytest.mark.parametrize("state", ["active", "suspended"])
def test_a_registered_subscriber_who_is_asked_again_is_not_called_unregistered(
    browser, language, asked, state
):
    with translation.override(language):
        line = said(registered=True, held=True, must_reverify=True, state=state, reasons=["registration"])

        shown = render_to_string("portal/deadline.html", {"line": line, "at": 1})

    assert asked in shown
    assert not line["can"]["register"]
    assert line["can"]["pause"]
    assert not [reason for reason in line["reasons"] if reason in {"no subscriber is registered", "无人登记"}]


def test_who_came_in_by_a_call_is_offered_what_helps_the_line_alone():
    shown = SHOWN | {"limited": True, "lines": [LINE | {"has_appeal_left": True}]}

    can = said_lines(shown, {}, on=ON)[0]["can"]

    assert {name for name, may in can.items() if may} == {"register", "pause", "dispute", "appeal"}


def test_a_line_is_named_by_the_number_that_its_subscriber_typed_and_no_other(come_in, prove):
    register_line()
    register_line(OTHER)
    browser = come_in()

    before = text(browser.get("/lines/"))
    prove()
    after = text(browser.get("/lines/"))

    assert "+86 … 1234" in before
    assert "+86 … 5678" not in before
    assert "+86 … 5678" in after
    assert not [number for number in (NUMBER, OTHER) if number in before + after]


def test_a_number_noted_for_one_page_is_not_taken_for_another(browser, at_portal):
    register_line()
    theirs, other = browser.post("/", {"number": OTHER}), browser.post("/", {"number": NUMBER})
    note = re.search(rb'name="note" value="([^"]+)"', theirs.content)[1].decode()
    page = re.search(rb'name="code_request" value="([^"]+)"', other.content)[1].decode()

    browser.post("/code/", {"code_request": page, "note": note, "code": at_portal.newest_code})

    assert "+86 …" not in text(browser.get("/lines/"))


def test_what_is_open_is_shown_with_its_day_and_not_offered_again(come_in, prove):
    line = register_line()
    browser = come_in()
    prove()
    offered = text(browser.get("/lines/"))
    browser.post("/do/dispute/", {"key": str(new_uuid()), "line": str(line), "about": "dispute_days_wrong"})

    page = text(browser.get("/lines/"))

    assert all(f"/do/{what}/" in offered for what in ("dispute", "terminate"))
    assert not [what for what in ("dispute", "terminate") if f"/do/{what}/" in page]
    assert "The days are counted wrong" in page
    assert "2 March 2012; a person decides it by 1 April 2012" in page


def test_a_dispute_must_say_what_is_wrong(come_in):
    line = register_line()

    answer = come_in().post("/do/dispute/", {"key": str(new_uuid()), "line": str(line)})

    assert answer.status_code == 422
    assert "What is wrong?" in text(answer)


@pytest.mark.parametrize("what", ["appeal", "reconnect", "deny-death", "remove-delegate"])
def test_a_page_of_what_cannot_be_done_leads_back_and_says_so(come_in, what):
    register_line()
    browser = come_in()

    answer = browser.get(f"/do/{what}/", follow=True)

    assert answer.redirect_chain == [("/lines/", 302)]
    assert "That cannot be done with this line now" in text(answer)


def test_a_page_without_a_line_asks_which_one_and_takes_the_only_one(come_in, prove):
    register_line()
    browser = come_in()
    only = text(browser.get("/do/dispute/"))
    register_line(OTHER)
    prove()

    several = text(browser.get("/do/dispute/"))

    assert 'name="about"' in only
    assert "Which line?" in several
    assert several.count("/do/dispute/?line=") == 2


def test_no_address_holds_the_reference_of_a_line(come_in, prove):
    line = register_line()
    register_line(OTHER)
    browser = come_in()
    prove()

    addresses = re.findall(r'href="([^"]+)"', text(browser.get("/lines/")))
    chosen = text(browser.get(next(one for one in addresses if one.startswith("/do/dispute/?line="))))

    assert not [one for one in addresses if str(line) in one]
    assert 'name="about"' in chosen


def test_no_refusal_names_a_line_by_its_reference(come_in, prove):
    line = register_line()
    browser = come_in()
    prove()
    browser.post("/do/dispute/", {"key": str(new_uuid()), "line": str(line), "about": "dispute_days_wrong"})

    answers = [
        browser.post(f"/do/{what}/", {"key": str(new_uuid()), "line": str(line), "sure": "on"})
        for what in ("terminate", "reconnect", "appeal")
    ]

    summaries = [re.search(r"govuk-error-summary(.*?)</ul>", text(one), re.DOTALL)[1] for one in answers]
    assert not [said for said in summaries if str(line) in said]
    assert "its contract is not ended meanwhile" in summaries[0]


def test_what_one_role_did_for_one_purpose_within_a_minute_is_one_act():
    at = clock.now()
    one = {"role": "clerk", "purpose": "lookup", "what": "", "withheld_until": None}

    acts = acts_of(
        [one | {"at": at - dt.timedelta(seconds=after)} for after in (0, 60, 121)]
        + [one | {"role": "officer", "at": at - dt.timedelta(seconds=121)}]
    )

    assert [len(act["accesses"]) for act in acts] == [2, 1, 1]


def test_the_access_history_is_shown_by_whom_and_since_when(come_in, prove):
    register_line()
    browser = come_in()
    prove()
    browser.post("/personal-data/")

    own, others = (
        text(browser.get(f"/access-history/?who={who}&days=7")) for who in ("subscriber", "others")
    )

    assert "Full name" in own
    assert "Full name" not in others


def test_what_is_held_comes_as_sheets_to_print_when_proved(come_in, prove):
    register_line()
    browser = come_in()
    refused = browser.post("/sheets/")
    prove()

    sheets = browser.post("/sheets/")

    assert refused.headers["Location"] == "/verify/"
    assert sheets.content.startswith(b"%PDF-")
    assert sheets.headers["Content-Disposition"] == 'attachment; filename="data-export.pdf"'


def withdrawal(browser):
    """Return what the button on the page of lines sends."""
    form = re.search(r'action="/withdraw/">(.*?)</form>', text(browser.get("/lines/")), re.DOTALL)
    return dict(re.findall(r'name="(key|line|case)" value="([^"]*)"', form[1])) if form else None


def test_what_was_contested_is_taken_back_and_can_be_contested_again(come_in):
    line = register_line()
    browser = come_in()
    browser.post("/do/dispute/", {"key": str(new_uuid()), "line": str(line), "about": "dispute_days_wrong"})

    answer = browser.post("/withdraw/", withdrawal(browser), follow=True)

    assert "You withdrew it. If it paused a clock of the line" in text(answer), (
        "none runs for who is registered"
    )
    assert not view_line(line).is_disputed
    assert [pause.last for pause in line_history(line).pauses] == [ON]
    assert withdrawal(browser) is None
    assert "/do/dispute/" in text(browser.get("/lines/"))


def test_no_clock_is_said_to_be_paused_where_none_runs(come_in):
    line = register_line()
    browser = come_in()
    sent = {"key": str(new_uuid()), "line": str(line)}

    asked = text(browser.get("/do/dispute/"))
    said = text(browser.post("/do/dispute/", sent | {"about": "dispute_days_wrong"}, follow=True))
    days = {"reason": "hospital", "first": "2012-03-05", "last": "2012-03-06"}
    paused = text(browser.post("/do/pause/", sent | days | {"key": str(new_uuid())}, follow=True))

    assert "Opened on" in said
    assert "These days do not count" in paused
    assert not [page for page in (asked, said, paused) if "clock of the line is paused" in page]


def test_what_was_taken_back_cannot_be_appealed_against_or_taken_back_twice(come_in):
    line = register_line()
    browser = come_in()
    browser.post("/do/dispute/", {"key": str(new_uuid()), "line": str(line), "about": "dispute_days_wrong"})
    sent = withdrawal(browser)
    browser.post("/withdraw/", sent)

    again = browser.post("/withdraw/", sent | {"key": str(new_uuid())}, follow=True)

    assert "There is nothing to withdraw" in text(again)
    assert "/do/appeal/" not in text(browser.get("/lines/"))


def test_who_has_the_telephone_alone_takes_back_no_case_of_a_counter(come_in, prove):
    line = register_line()
    dispute_line(employ(StaffRole.CLERK), submission_key="disputed-1", number=NUMBER, on=ON)
    browser = come_in()

    refused = browser.post("/withdraw/", withdrawal(browser))
    before = view_line(line).is_disputed
    prove()
    browser.post("/withdraw/", withdrawal(browser))

    assert refused.headers["Location"] == "/verify/"
    assert (before, view_line(line).is_disputed) == (True, False)


def test_what_was_contested_with_a_proof_is_taken_back_with_one(come_in, prove):
    line = register_line()
    browser = come_in()
    prove()
    browser.post("/do/dispute/", {"key": str(new_uuid()), "line": str(line), "about": "dispute_days_wrong"})
    run("DELETE FROM selfcare_coderequest")
    come_in()

    refused = browser.post("/withdraw/", withdrawal(browser))
    before = view_line(line).is_disputed
    prove()
    browser.post("/withdraw/", withdrawal(browser))

    assert refused.headers["Location"] == "/verify/"
    assert (before, view_line(line).is_disputed) == (True, False)


def test_a_case_of_another_line_is_not_taken_back(come_in):
    register_line()
    other = register_line(OTHER)
    with action():
        open_dispute_case(
            console_authority(), other, CaseKind.DISPUTE, tenure_id=current_tenure(other).tenure_id, on=ON
        )
    (case,) = open_cases()

    come_in().post("/withdraw/", {"key": str(new_uuid()), "line": "", "case": str(case.case_id)})

    assert len(open_cases()) == 1


@pytest.fixture
def suspicion(come_in, prove):
    """A subscriber of two lines whose browser proved who they are; of the other line's document staff suspect a forgery."""
    register_line()
    line = register_line(OTHER)
    clerk = employ(StaffRole.CLERK)
    suspect_forgery(clerk, submission_key=str(new_uuid()), number=OTHER, sign=ForgerySign.ALTERED, on=ON)
    browser = come_in()
    prove()
    return browser, line, open_cases()[0]


def read(browser, language):
    browser.cookies["django_language"] = language
    return text(browser.get("/lines/"))


def judged_by_two(case, *, genuine):
    because = DecisionReason.DOCUMENT_SEEN if genuine else DecisionReason.DOCUMENT_FORGED
    for role in (StaffRole.SUPERVISOR, StaffRole.DATA_PROTECTION_OFFICER):
        settle_case(employ(role), case.case_id, upheld=genuine, because=because, on=ON)


@pytest.mark.parametrize(
    ("language", "said", "untrue"),
    [
        ("en", "Two people decide by 5 March 2012", ["clock of the line is paused", "The document was altered</strong>"]),
        ("zh-hans", "由两人作出认定", ["在此之前中止计期", "证件有涂改、变造痕迹</strong>"]),
    ],
)  # fmt: skip
def test_whose_document_is_suspected_reads_that_nothing_changes_meanwhile(suspicion, language, said, untrue):
    browser, line, _ = suspicion

    page = read(browser, language)

    assert not line_history(line).pauses
    assert said in page
    assert not [one for one in untrue if one in page]


@pytest.mark.parametrize(
    ("language", "said", "untrue"),
    [
        ("en", ["two people found that the document was forged", "with a genuine document"], "it stays as it is"),
        ("zh-hans", ["两人认定该证件系伪造", "真实有效的证件"], "维持不变"),
    ],
)  # fmt: skip
def test_whose_document_was_found_forged_reads_what_ended_and_what_can_be_done(
    suspicion, language, said, untrue
):
    browser, line, case = suspicion
    judged_by_two(case, genuine=False)

    page = read(browser, language)

    assert current_tenure(line) is None
    assert not [one for one in said if one not in page]
    assert untrue not in page


def test_whose_document_was_found_genuine_reads_so_and_not_that_they_were_right(suspicion):
    browser, _, case = suspicion
    judged_by_two(case, genuine=True)

    page = read(browser, "en")

    assert "the document was found genuine" in page
    assert "you were right" not in page


def test_who_reported_the_line_in_their_hand_is_asked_for_no_proof(come_in, prove):
    line = register_line()
    browser = come_in()
    prove()

    browser.post("/do/not-mine/", {"key": str(new_uuid()), "line": str(line)})
    pages = [text(browser.get(page)) for page in ("/lines/", "/personal-data/", "/line-selection/")]
    correction = browser.get("/do/correct/", follow=True)

    assert all("Show your document at any counter" in page for page in pages)
    assert not [page for page in pages if "/verify/" in page]
    assert correction.redirect_chain == [("/lines/", 302)]


def test_only_who_is_named_can_be_removed(come_in, prove):
    line = register_line()
    browser = come_in()
    prove()
    named = {"line": str(line), "document_type": "other", "document_number": "H1"}
    browser.post("/do/add-delegate/", named | {"key": str(new_uuid()), "part": "representative"})

    asked = text(browser.get("/do/remove-delegate/"))
    other = browser.post("/do/remove-delegate/", {"key": str(new_uuid()), "line": str(line), "part": "heir"})
    removed = browser.post(
        "/do/remove-delegate/",
        {"key": str(new_uuid()), "line": str(line), "part": "representative"},
        follow=True,
    )

    assert ('value="representative"' in asked, 'value="heir"' in asked) == (True, False)
    assert other.status_code == 422
    assert "No one is named for this." in text(other)
    assert "You have named no one." in text(removed)


def test_what_is_held_is_listed_as_fully_as_it_is_shown(come_in, prove):
    line = register_line()
    change_record(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=NUMBER, kind=PartyKind.INDIVIDUAL,
            parts={PartyRole.SUBSCRIBER: PERSON | {"address": "2 Other Street"}}, service=Service.MOBILE, language="en",
            double_checked=True,
        ),
        on=ON,
    )  # fmt: skip
    browser = come_in()
    prove()

    listed, shown = text(browser.get("/personal-data/")), text(browser.post("/personal-data/"))

    assert line
    assert PERSON["address"] in shown
    assert listed.count('class="rk-record"') == shown.count('class="rk-record"') == 2
    assert listed.count("former record") == shown.count("former record") == 1


def test_a_pause_that_is_refused_keeps_what_was_chosen(come_in):
    line = register_line()
    browser = come_in()
    days = {"first": "2012-03-25", "last": "2012-03-01", "reason": "hospital"}

    answer = text(browser.post("/do/pause/", days | {"key": str(new_uuid()), "line": str(line)}))

    assert 'value="2012-03-25"' in answer
    assert 'value="hospital" selected' in answer


@pytest.mark.parametrize("field", ["first", "last", "reason"])
def test_a_number_that_was_typed_into_another_field_is_not_shown_again(come_in, field):
    line = register_line()
    browser = come_in()
    given = {"first": "2012-03-25", "last": "2012-03-26", "reason": "hospital", field: "+8613908910777"}

    answer = text(browser.post("/do/pause/", given | {"key": str(new_uuid()), "line": str(line)}))

    assert "Enter a valid date" in answer or "in the list" in answer
    assert "13908910777" not in answer


@pytest.mark.parametrize("what", ["report-death", "not-mine"])
def test_what_opens_a_case_is_not_called_a_dispute(come_in, prove, what):
    line = register_line()
    browser = come_in()
    prove()
    given = {"key": str(new_uuid()), "line": str(line), "document_type": "other"}

    done = text(browser.post(f"/do/{what}/", given, follow=True))

    assert "A case is opened. Staff decide it." in done
    assert "The dispute is being examined" not in done


def test_a_line_that_was_reconnected_says_until_when_it_works(browser, come_in):
    line = activate_line(NUMBER, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    browser = come_in()
    suspend_line(line, reason=SuspensionReason.REGISTRATION, on=ON)

    browser.post("/do/reconnect/", {"key": str(new_uuid()), "line": str(line)})

    assert re.search(
        r"then it is suspended as before\.</strong> · until \d+ March 2012", text(browser.get("/lines/"))
    )
