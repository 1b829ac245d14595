# SPDX-License-Identifier: EUPL-1.2
"""The back office's pages of incidents, in the back office's database role: clocks, drafts, steps, and no names."""

import datetime as dt
import re

import pytest
from django.db import ProgrammingError, transaction

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.backoffice.incident_runbook import clock_of, length_of
from rollkeeper.incidents import approvals, queries
from rollkeeper.incidents.approvals import run_approved_steps
from rollkeeper.incidents.choices import StepState
from rollkeeper.incidents.errors import NOTHING_TO_SUSPEND
from rollkeeper.incidents.models import Duty
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import Kind, Refusal
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.notices.texts import RenderedText
from rollkeeper.notices.wordings import keep_wording, reworded, standard_wordings
from tests.agents.conftest import ON, vaulted  # noqa: F401 - the same set-up
from tests.builders.backoffice import staffed_backoffice
from tests.builders.lines import make_line
from tests.incidents.test_incidents import CONSOLE, HOUR, accessed, held_by, opened

YES = {"confirmed": "yes"}
VAULT_DOWN = Refusal("vault_down", Kind.INTERNAL, "The vault does not answer.", "Start it.")


@pytest.fixture
def backoffice(vaulted, app, as_role, monkeypatch):  # noqa: F811
    """Request a page with a role; requests use the back office's role, and a worker does at once what they ask for."""
    return staffed_backoffice(
        app, as_role, monkeypatch, anna=StaffRole.DATA_PROTECTION_OFFICER, bo=StaffRole.ADMINISTRATOR, clerk=StaffRole.CLERK,
    )  # fmt: skip


@pytest.fixture
def leak(backoffice):
    """An incident of a time in which one person was looked at, and where its page is."""
    person_id, _ = held_by(line_id := make_line(), language="zh-hans")
    accessed(CONSOLE, person_id=person_id, line_id=line_id)
    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)
    return made, f"/incidents/{made}/", (str(person_id), str(line_id))


def carried():
    return run_approved_steps(worker_authority(), on=ON)


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_an_incident_is_shown_with_its_clocks_and_names_nobody(backoffice, leak, language):
    made, at, references = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    listed, page = (
        backoffice("anna", "get", "/incidents/", language=language),
        backoffice("anna", "get", at, language=language),
    )

    assert (listed.status_code, page.status_code) == (200, 200)
    assert f'lang="{language}"' in page.text_.lower()
    for duty in queries.incident(CONSOLE, made, now=clock.now()).duties:
        assert duty.to
    assert not [one for one in references if one in listed.text_ + page.text_]


def test_the_way_from_the_leak_to_its_end_is_gone_on_the_page(backoffice, leak):
    made, at, _ = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    assert carried() == 1
    drafted = backoffice("anna", "get", at)
    first = backoffice("anna", "post", at + "ask/", YES | {"step": "notify_people"})
    waited = carried()
    second = backoffice("bo", "post", at + "ask/", YES | {"step": "notify_people"})
    assert carried() == 1
    backoffice("anna", "post", at + "ask/", YES | {"step": "sign_out_everyone"})
    assert carried() == 1
    backoffice("anna", "post", at + "report-sent/")
    backoffice("anna", "post", at + "report-sent/")
    closed = backoffice("anna", "post", at + "close/")

    assert "中文" in drafted.text_
    assert "A second approver is needed" in first.text_
    assert waited == 0
    assert "within seconds" in second.text_
    assert rows("SELECT language FROM notices_notice")[0].language == "zh-hans"
    assert "The incident is closed" in closed.text_
    assert queries.incident(CONSOLE, made, now=clock.now()).closed_at


def test_the_report_is_had_as_a_text_with_figures_alone(backoffice, leak):
    _, at, references = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    answer = backoffice("bo", "get", at + "report/zh-hans/")

    assert answer["Content-Type"].startswith("text/plain")
    assert not [one for one in references if one in answer.text_]


def test_a_step_is_withdrawn_from_the_page_by_anybody_who_could_agree(backoffice, leak):
    made, at, _ = leak
    backoffice("anna", "post", at + "ask/", YES | {"step": "rotate_keys"})

    answer = backoffice("bo", "post", at + "withdraw/", {"step": "rotate_keys"})

    assert "withdrawn, and not done" in answer.text_
    assert queries.steps(CONSOLE, made)[0].state is StepState.WITHDRAWN


@pytest.mark.parametrize(("refusal", "language", "said"), [
    (NOTHING_TO_SUSPEND, "en", "This incident is not about an account, so there is none to close."),
    (NOTHING_TO_SUSPEND, "zh-hans", "该事件不涉及账号"),
    (VAULT_DOWN, "zh-hans", '<span lang="en">vault down</span>'),
])  # fmt: skip
def test_why_a_step_was_refused_is_said_in_words(backoffice, leak, monkeypatch, refusal, language, said):
    def refuse(*_, **__):
        raise refusal()

    _, at, _ = leak
    monkeypatch.setattr(approvals, "remedy_incident", refuse)
    backoffice("anna", "post", at + "ask/", YES | {"step": "sign_out_everyone"})
    carried()

    shown = backoffice("anna", "get", at, language=language).text_

    assert said in shown
    assert refusal.code not in shown


def test_a_word_that_is_no_step_does_nothing_and_a_clerk_sees_nothing(backoffice, leak):
    made, at, _ = leak

    assert "Choose what is to be done" in backoffice("anna", "post", at + "ask/", {"step": "burn"}).text_
    assert backoffice("clerk", "get", at).status_code == 403
    assert backoffice("clerk", "post", at + "ask/", {"step": "scope"}).status_code == 403
    assert queries.steps(CONSOLE, made) == []


def test_the_back_office_itself_can_read_nobody_who_was_exposed(register, as_role):
    from django.db.utils import ProgrammingError

    with pytest.raises(ProgrammingError), as_role("backoffice"):
        rows("SELECT * FROM incidents_affectedperson")


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_a_step_that_waits_is_on_the_page_of_pending_approvals(backoffice, leak, language):
    _, at, _ = leak
    backoffice("anna", "post", at + "ask/", YES | {"step": "rotate_keys"})

    own, other = (
        backoffice(name, "get", "/pending-approvals/", language=language) for name in ("anna", "bo")
    )

    assert (own.status_code, other.status_code) == (200, 200)
    assert at in own.text_
    assert at in other.text_
    assert f'lang="{language}"' in other.text_.lower()
    assert "You submitted or approved this yourself" in backoffice("anna", "get", "/pending-approvals/").text_
    assert (
        "You submitted or approved this yourself" not in backoffice("bo", "get", "/pending-approvals/").text_
    )


def test_a_line_without_a_subscriber_is_counted_as_a_notice_and_not_as_a_person(backoffice, leak):
    _made, at, _ = leak
    accessed(CONSOLE, line_id=make_line(), field="number")
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    question = backoffice("anna", "post", at + "ask/", {"step": "notify_people"}).text_

    assert re.search(r'class="rk-figure">2</span>\s*notices are sent', question)


@pytest.mark.parametrize("step", ["sign_out_everyone", "rotate_keys", "reseal", "notify_people"])
def test_a_step_that_harms_is_asked_first_with_how_many_it_concerns(backoffice, leak, step):
    made, at, _ = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    question = backoffice("anna", "post", at + "ask/", {"step": step})

    assert question.status_code == 200
    assert re.search(r'class="rk-figure">1</span>', question.text_)
    assert "What will happen" in question.text_
    assert [one.step.value for one in queries.steps(CONSOLE, made)] == ["scope"]


def test_the_question_of_a_drill_says_that_nothing_happens(backoffice):
    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR, is_drill=True)

    asked = backoffice("anna", "post", f"/incidents/{made}/ask/", {"step": "sign_out_everyone"}).text_

    assert "nothing happens to anyone" in asked
    assert "signed in now" not in asked


def test_notices_are_not_offered_where_there_is_no_one_to_notify(backoffice):
    at = f"/incidents/{opened(since=clock.now() + HOUR, until=clock.now() + 2 * HOUR)}/"
    before = backoffice("anna", "get", at).text_
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    page = backoffice("anna", "get", at).text_

    assert "Send the notices to the people" in before
    assert "Send the notices to the people" not in page
    assert "Report to the authority" in page


def test_a_step_that_is_done_says_so_once(backoffice, leak):
    _, at, _ = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    page = backoffice("anna", "get", at).text_

    assert "<title>Incident: Everything opened in a period" in page
    assert len(re.findall(r'<strong class="govuk-tag[^>]*>Done<', page)) == 1


def test_one_step_of_the_runbook_is_the_next_until_the_incident_is_closed(backoffice, leak):
    _, at, _ = leak

    def following():
        return re.findall(r'aria-current="step">\s*<h3[^>]*>([^<\n]+)', backoffice("anna", "get", at).text_)

    first = following()
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()
    second = following()
    backoffice("anna", "post", at + "ask/", YES | {"step": "sign_out_everyone"})
    carried()
    then = following()
    for name in ("anna", "bo"):
        backoffice(name, "post", at + "ask/", YES | {"step": "notify_people"})
    carried()
    third = following()
    for _ in range(2):
        backoffice("anna", "post", at + "report-sent/")
    fourth = following()
    backoffice("anna", "post", at + "close/")

    assert [first, second, then, third, fourth] == [
        ["Find out who was affected"], ["Sign everyone out"], ["Send the notices to the people"], ["Report to the authority"], ["Close the incident"],
    ]  # fmt: skip
    assert following() == []


def test_an_incident_is_closed_once_its_duties_are_met_and_not_before(backoffice, leak):
    _, at, _ = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    before, tried = backoffice("anna", "get", at).text_, backoffice("anna", "post", at + "close/").text_
    for name in ("anna", "bo"):
        for step in ("notify_people", "sign_out_everyone"):
            backoffice(name, "post", at + "ask/", YES | {"step": step})
    carried()
    for _ in range(2):
        backoffice("anna", "post", at + "report-sent/")

    assert "/close/" not in before
    assert re.search(r"Duties that are not met yet: \d\.", tried)
    assert "/close/" in backoffice("anna", "get", at).text_


def test_a_report_that_is_noted_twice_meets_no_second_duty(backoffice, leak):
    made, at, _ = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()
    later = clock.now() + 24 * HOUR
    Duty.objects.create(
        incident_id=made, to="regulator", article="art. 12", within="1 day", is_second=True, due_at=later, in_time_until=later,
    )  # fmt: skip
    sent = {"left": re.search(r'name="left" value="(\d+)"', backoffice("anna", "get", at).text_)[1]}

    once, again = (backoffice("anna", "post", at + "report-sent/", sent) for _ in range(2))

    assert "It is noted that the report went out." in once.text_
    assert "Nothing was changed: it was done before" in again.text_
    assert [
        one.is_second
        for one in queries.incident(CONSOLE, made, now=clock.now()).duties
        if one.to == "regulator" and not one.met_at
    ] == [True]
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'incidents:duty:met'")) == 1


def given(**more):
    now = clock.now().astimezone(clock.zone())
    return {"severity": "serious", "noticed_at": now.strftime("%Y-%m-%dT%H:%M"), **more}


@pytest.mark.parametrize(
    "what",
    [
        {"about": "account", "usernames": "clerk bo"}, {"about": "device", "usernames": "clerk"}, {"about": "table", "table": "vault_sealed"},
        {"about": "window", "since": "2012-01-01T00:00"}, {"about": "window", "since": "2012-01-01T00:00", "is_drill": "on"},
    ],
)  # fmt: skip
def test_an_incident_is_opened_on_a_page_and_its_clocks_run(backoffice, what):
    sent = given(**what)
    page = backoffice("anna", "post", "/incidents/open/", sent)
    again = backoffice("anna", "post", "/incidents/open/", sent)

    assert "The incident is open, and its clocks run." in page.text_
    assert again.redirect_chain == page.redirect_chain, "a form that is sent twice opens one"
    (made,) = queries.incidents(CONSOLE, now=clock.now())
    assert (made.about.value, made.is_drill) == (what["about"], "is_drill" in what)
    assert made.accounts == len(what.get("usernames", "").split())
    assert f"/incidents/{made.incident_id}/" in page.redirect_chain[-1][0]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"about": ""}, "Choose what was compromised"), ({"about": "account"}, "Enter the user names"),
        ({"about": "agent"}, "Enter the code of the agent"), ({"about": "table"}, "Choose the table"),
        ({"about": "key_epoch"}, "Enter the number of the epoch"), ({"about": "window"}, "Enter since when"),
        ({"about": "window", "since": "2999-01-01T00:00"}, "not in the future"),
        ({"about": "window", "since": "2012-01-01T00:00", "until": "2999-01-01T00:00"}, "not in the future"),
        ({"about": "account", "usernames": "clerk", "noticed_at": "0001-01-01T00:00"}, "Enter a valid date/time"),
        ({"about": "window", "since": "0001-01-01T00:00"}, "Enter a valid date/time"),
        ({"about": "window", "since": "2012-01-02T00:00", "until": "2012-01-01T00:00"}, "later than the one at “Since when”"),
    ],
)  # fmt: skip
def test_what_is_missing_to_open_an_incident_is_said_next_to_its_field(backoffice, changes, said):
    page = backoffice("anna", "post", "/incidents/open/", given(**changes))

    assert page.status_code == 422
    assert said in page.text_
    assert "<title>Error:" in page.text_
    assert queries.incidents(CONSOLE, now=clock.now()) == []


@pytest.mark.parametrize(
    ("named", "field"),
    [
        ({"about": "account", "usernames": "no-one-of-ours"}, "usernames"), ({"about": "agent", "agent": "none"}, "agent"),
        ({"about": "key_epoch", "epoch": "9999"}, "epoch"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_said_at_the_field_that_names_it(backoffice, named, field):
    page = backoffice("anna", "post", "/incidents/open/", given(**named))

    assert page.status_code == 422
    assert f'<li><a href="#id_{field}">' in page.text_
    assert f'id="id_{field}_error"' in page.text_


def test_an_unknown_account_opens_nothing_and_loses_nothing_typed(backoffice):
    page = backoffice("anna", "post", "/incidents/open/", given(about="account", usernames="no-one-of-ours"))

    assert page.status_code == 422
    assert "There is no account with that user name." in page.text_
    assert 'value="no-one-of-ours"' in page.text_
    assert queries.incidents(CONSOLE, now=clock.now()) == []


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_of_incidents_name_no_command(backoffice, language):
    for at in ("/incidents/", "/incidents/open/"):
        assert "rollkeeper " not in backoffice("anna", "get", at, language=language).text_.replace(
            "Rollkeeper", ""
        )


@pytest.mark.parametrize(
    ("minutes_left", "colour", "is_over"),
    [
        (61, "soon", False),
        (60, "soon", False),
        (59, "over", False),
        (-1, "over", True),
        (10 * 60, "calm", False),
    ],
)
def test_a_clock_turns_red_under_an_hour(minutes_left, colour, is_over):
    now = dt.datetime(2012, 3, 2, 12, tzinfo=dt.UTC)
    end = now + dt.timedelta(minutes=minutes_left)
    duty = queries.DutyView("regulator", "art. 1", "24h", False, end, end, None, None, None)

    shown = clock_of(duty, noticed_at=end - dt.timedelta(hours=24), now=now)

    assert (shown.colour, shown.is_over) == (colour, is_over)


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (1, "1 minute"),
        (53, "53 minutes"),
        (60, "1 hour"),
        (61, "1 hour and 1 minute"),
        (24 * 60, "1 day"),
        (26 * 60, "1 day and 2 hours"),
    ],
)
def test_a_length_of_time_is_said_without_zeros(minutes, said):
    assert length_of(dt.timedelta(minutes=minutes)) == said


OWN = "On 3 March a clerk's account was misused: {fields}. Call {care}, code {code}.\n\n{operator}"


def worded(backoffice, at, language="en", **form):
    return backoffice("anna", "post", f"{at}notice/{language}/", form)


def read_on(page):
    """Return what a page says of the texts on it, as its form sends it back."""
    return next(iter(re.findall(r'name="read" value="(\w*)"', page.text_)), "")


def test_the_text_of_the_notice_is_changed_before_it_goes_out_and_goes_out_so(backoffice):
    person_id, _ = held_by(line_id := make_line(), language="en")
    accessed(CONSOLE, person_id=person_id, line_id=line_id)
    made = opened(since=clock.now() - HOUR, until=clock.now() + HOUR)
    at = f"/incidents/{made}/"
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()

    offered = backoffice("anna", "get", at + "notice/en/").text_
    kept = worded(backoffice, at, text=OWN)
    shown = backoffice("anna", "get", at).text_
    for who in ("anna", "bo"):
        read = read_on(backoffice(who, "get", at))
        backoffice(who, "post", at + "ask/", YES | {"step": "notify_people", "read": read})
    late = worded(backoffice, at, text=OWN + " More.")
    carried()

    (notice,) = rows(
        "SELECT *, (SELECT json_object_agg(language, text) FROM notices_wording) AS wording FROM notices_notice"
    )
    (mail,) = reworded([RenderedText("en", "Subject", "standard")], notice, Channel.EMAIL)
    (short,) = reworded([RenderedText("en", "Subject", "short")], notice, Channel.SMS)
    assert "An unauthorised person may have seen" in offered
    assert "The text is kept." in kept.text_
    assert "code XXXXXXXX" in shown
    assert "account was misused: full name." in shown
    assert "00000000" not in shown
    assert late.status_code == 422
    assert "its text stays as they read it" in late.text_
    assert f"misused: full name. Call 10086, code {notice.code}." in mail.text
    assert short.text == "short"
    assert backoffice("anna", "get", at + "notice/en/").status_code == 404
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'incidents:notice:worded'")) == 1


def test_no_one_approves_a_notice_that_was_worded_since_they_read_it(backoffice, leak):
    made, at, _ = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()
    read = read_on(backoffice("bo", "get", at))
    worded(backoffice, at, "zh-hans", text=OWN)

    question = backoffice("bo", "post", at + "ask/", {"step": "notify_people", "read": read})
    approved = backoffice("bo", "post", at + "ask/", YES | {"step": "notify_people", "read": read})
    without = backoffice("bo", "post", at + "ask/", YES | {"step": "notify_people"})

    assert [one.status_code for one in (question, approved, without)] == [409] * 3
    assert "something changed since you opened the page" in approved.text_
    assert "On 3 March a clerk" in approved.text_
    assert [one.step.value for one in queries.steps(CONSOLE, made)] == ["scope"]


def test_the_question_before_notices_go_out_keeps_what_was_read(backoffice, leak):
    _, at, _ = leak
    backoffice("anna", "post", at + "ask/", {"step": "scope"})
    carried()
    worded(backoffice, at, "zh-hans", text=OWN)

    read = read_on(backoffice("bo", "get", at))
    question = backoffice("bo", "post", at + "ask/", {"step": "notify_people", "read": read})
    worded(backoffice, at, "zh-hans", text=OWN + " More.")
    late = backoffice("bo", "post", at + "ask/", YES | {"step": "notify_people", "read": read_on(question)})

    assert question.status_code == 200
    assert read_on(question) == read != ""
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OWN.replace("{code}", ""), "These are missing: {code}"),
        (OWN + " See https://help.example/", "Name no link"),
        (OWN + " Call 139 0891 0003.", "Name no link"),
        (OWN + " Call 139\u20110891\u20110003.", "Name no link"),
        (OWN + " Call 139/0891/0003.", "Name no link"),
        (OWN + " Call 1390_0891_0003.", "Name no link"),
        (OWN + " Call ①③⑨⓪⑧⑨①.", "Name no link"),
        (OWN + " 一三九零八九一", "Name no link"),
        (OWN + " See help\u200b.example", "Name no link"),
        (OWN + " {name}", "Name no link"),
        ("", "Fill this in."),
    ],
)
def test_a_text_without_its_marks_or_that_sends_people_elsewhere_is_not_kept(backoffice, leak, text, said):
    _, at, _ = leak

    refused = worded(backoffice, at, text=text)

    assert refused.status_code == 422
    assert said in refused.text_
    assert rows("SELECT FROM notices_wording") == []


def test_the_standard_text_comes_back_and_a_day_may_be_named(backoffice, leak):
    _, at, _ = leak
    worded(backoffice, at, "zh-hans", text=OWN + " (2012-03-03, 12:30\u201314:00, 二〇一二年三月三日)")
    assert "14:00" in rows("SELECT text FROM notices_wording")[0].text
    worded(backoffice, at, "zh-hans", standard="yes")

    (kept,) = rows("SELECT text FROM notices_wording")

    assert kept.text == standard_wordings()["zh-hans"]
    assert backoffice("clerk", "get", at + "notice/en/").status_code == 403


@pytest.mark.parametrize("role", ["backoffice", "counter", "portal"])
def test_no_app_words_a_notice_by_itself(as_role, role):
    with as_role(role), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        keep_wording(new_uuid(), language="en", text=OWN)
