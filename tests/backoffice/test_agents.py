# SPDX-License-Identifier: EUPL-1.2
"""The back office's pages about agents and of reports, in the back office's own role of the database."""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollkeeper.access.authority import console_authority
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.agents import outlets, queries
from rollkeeper.agents.checklist import checklist
from rollkeeper.agents.choices import AgentState, Pattern
from rollkeeper.backoffice import agent_actions
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from tests.agents.conftest import AGENT, ON, approved, counter, employ, set_settings, shop, vaulted  # noqa: F401 - the same counter
from tests.builders.staff import enter
from tests.builders.workers import attend

PAGE = {"HTTP_ACCEPT": "text/html"}


@pytest.fixture
def backoffice(vaulted, app, as_role, monkeypatch):  # noqa: F811
    """Sign in with a role; requests use the back office's database role, and a worker does at once what they ask for."""
    app("backoffice")
    attend(monkeypatch, as_role)

    def entering(role):
        employ(role, username=(name := role.value.replace("_", "-")))
        client = Client()
        with as_role("backoffice"):
            enter(client, name)

        def ask(method, address, data=None, language="en"):
            with as_role("backoffice"):
                return getattr(client, method)(
                    address, data or {}, HTTP_ACCEPT_LANGUAGE=language, follow=True, **PAGE
                )

        return ask

    return entering


def test_agents_are_listed_without_a_figure_and_each_stands_alone(counter, backoffice):  # noqa: F811
    for _ in range(7):
        counter.register()
    ask = backoffice(StaffRole.AUDITOR)

    listed, alone = ask("get", "/agents/"), ask("get", f"/agents/{AGENT}/")

    assert AGENT in listed.content.decode()
    assert ">7<" not in listed.content.decode()
    assert "7 / 40" in alone.content.decode()
    assert "Suspend at once" not in alone.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
@pytest.mark.parametrize("address", ["/agents/", f"/agents/{AGENT}/", "/reports/"])
def test_the_pages_are_drawn_in_every_language(counter, backoffice, address, language):  # noqa: F811
    answer = backoffice(StaffRole.SUPERVISOR)("get", address, language=language)

    assert answer.status_code == 200
    assert f'lang="{language.replace("zh-hans", "zh-Hans")}"'.lower() in answer.content.decode().lower()


def test_a_supervisor_suspends_at_once_from_the_page(counter, backoffice):  # noqa: F811
    done = counter.register()

    answer = backoffice(StaffRole.SUPERVISOR)(
        "post", f"/agents/{AGENT}/suspend/", {"because": "fraud", "confirmed": "yes"}
    )

    assert answer.status_code == 200, answer.content.decode()
    assert "(none suspended): 1" in answer.content.decode()
    assert queries.agent_called(AGENT, on=ON, window_days=30).state is AgentState.SUSPENDED
    assert not Staff.objects.get(username=counter.username).is_active
    assert rows("SELECT state FROM lines_line WHERE line_id = %s", [done.line_id])[0].state == "active"


def test_a_case_is_settled_from_the_page_by_who_may(counter, backoffice, set_settings):  # noqa: F811
    set_settings(max_per_ten_minutes=1)
    counter.register()
    counter.register()
    (case,) = queries.open_cases()
    assert case.pattern is Pattern.RATE
    address = f"/agent-cases/{case.case_id}/settle/"

    refused = backoffice(StaffRole.AUDITOR)("post", address, {"verdict": "reverify"})
    ask = backoffice(StaffRole.SUPERVISOR)
    question = ask("post", address, {"verdict": "reverify"}).content.decode()
    before = queries.open_cases()
    done = ask("post", address, {"verdict": "reverify", "confirmed": "yes"})

    assert (refused.status_code, done.status_code) == (403, 200)
    assert '<span class="rk-figure">1</span> subscriber is asked to confirm' in question
    assert before == [case]
    assert queries.open_cases() == []
    assert rows("SELECT line_id FROM agents_reverification")[0].line_id == case.line_id


def test_each_figure_of_an_agent_leads_to_its_lines_or_to_how_it_is_made(counter, backoffice, set_settings):  # noqa: F811
    set_settings(max_per_ten_minutes=1)
    counter.register()
    counter.register()
    (case,) = queries.open_cases()

    page = backoffice(StaffRole.AUDITOR)("get", f"/agents/{AGENT}/").content.decode()
    links = re.findall(r'class="rk-how__link" href="#([^"]+)"', page)

    assert len(links) == 4
    assert all(f'id="{one}"' in page for one in links)
    assert 'href="#cases">Open cases: 1' in page
    assert str(case.line_id) in page.partition('id="cases"')[2]


def test_an_agent_nobody_knows_and_a_report_nobody_made_are_not_there(backoffice):
    ask = backoffice(StaffRole.AUDITOR)

    assert ask("get", "/agents/agent-999/").status_code == 404
    assert ask("get", "/reports/2012-Q1/").status_code == 404
    assert "No report was made yet" in ask("get", "/reports/").content.decode()


def test_the_question_before_a_suspension_says_how_many_it_concerns(counter, backoffice):  # noqa: F811
    counter.register()
    ask = backoffice(StaffRole.SUPERVISOR)

    fraud = ask("post", f"/agents/{AGENT}/suspend/", {"because": "fraud"}).content.decode()
    other = ask("post", f"/agents/{AGENT}/suspend/", {"because": "audit"}).content.decode()

    assert "The subscriber of 1 line is asked to confirm the record. No line is suspended." in fraud
    assert "1 account of its staff is closed at once." in other
    assert "is asked to confirm" not in other
    assert queries.agent_called(AGENT, on=ON, window_days=30).state is AgentState.APPROVED


def test_an_agent_is_entered_and_carried_to_its_end_on_pages(counter, backoffice):  # noqa: F811
    ask = backoffice(StaffRole.ADMINISTRATOR)
    employ(StaffRole.CLERK, username="newcomer")

    def state():
        return queries.agent_called("agent-new", on=ON, window_days=30).state

    def do(what, **more):
        return ask("post", "/agents/agent-new/do/", {"do": what, **more})

    entered = ask("post", "/agent/add/", {"agent": "agent-new", "limit": "25"})
    too_early = do("approve")
    for requirement in checklist():
        paper = SimpleUploadedFile("shown.pdf", b"An invented paper.")
        ask("post", "/agents/agent-new/attest/", {"requirement": requirement, "file": paper})
    approved = do("approve")
    opened = ask(
        "post", "/agents/agent-new/open_outlet/", {"outlet": "lhasa-09", "hours": "mon-fri 09:00-18:00"}
    )
    changed = ask("post", "/agents/agent-new/hours/", {"outlet": "lhasa-09", "hours": "sat 09:00-13:00"})
    assigned = ask("post", "/agents/agent-new/assign/", {"username": "newcomer", "outlet": "lhasa-09"})
    audited = ask("post", "/agents/agent-new/audit/", {
        "requirement": next(iter(checklist())), "severity": "minor", "due_on": "2012-04-02",
    })  # fmt: skip
    (finding,) = queries.agent_called("agent-new", on=ON, window_days=30).findings
    remediated = do("remediate", finding=str(finding.finding_id))
    suspended = ask("post", "/agents/agent-new/suspend/", {"because": "complaint", "confirmed": "yes"})
    while_suspended = state()
    reinstated = do("reinstate")
    question = do("terminate")
    before = state()
    do("close_outlet", outlet="lhasa-09", confirmed="yes")
    do("terminate", confirmed="yes")

    pages = [
        entered,
        approved,
        opened,
        changed,
        assigned,
        audited,
        remediated,
        suspended,
        reinstated,
        question,
    ]
    assert [one.status_code for one in pages] == [200] * len(pages)
    assert too_early.status_code == 409
    assert "The agent is approved and may register people." in approved.content.decode()
    assert "Sat 09:00–13:00" in changed.content.decode()
    assert "newcomer" in assigned.content.decode()
    assert "Accounts opened again: 1" in reinstated.content.decode()
    assert "1 account of its staff is closed at once." in question.content.decode()
    assert (while_suspended, before, state()) == (
        AgentState.SUSPENDED,
        AgentState.APPROVED,
        AgentState.TERMINATED,
    )


def test_the_roles_of_a_reinstated_agents_accounts_count_as_new(counter, backoffice):  # noqa: F811
    ask, long_ago = backoffice(StaffRole.ADMINISTRATOR), clock.now() - dt.timedelta(days=9)
    RoleGrant.objects.update(granted_at=long_ago, notified_at=long_ago)
    ask("post", f"/agents/{AGENT}/suspend/", {"because": "complaint", "confirmed": "yes"})

    ask("post", f"/agents/{AGENT}/do/", {"do": "reinstate"})

    assert Staff.objects.get(username=counter.username).is_active
    new = RoleGrant.objects.filter(granted_at__gt=long_ago, notified_at=None)
    assert [one.staff.username for one in new] == [counter.username]


def test_an_account_leaves_its_outlet_by_the_page_of_its_own_agent_alone(counter, backoffice):  # noqa: F811
    approved("agent-018")
    ask, removed = backoffice(StaffRole.ADMINISTRATOR), []

    for agent in ("agent-018", AGENT):
        ask(
            "post",
            f"/agents/{agent}/do/",
            {"do": "unassign", "username": counter.username, "confirmed": "yes"},
        )
        removed.append(bool(rows("SELECT FROM agents_assignment WHERE until IS NOT NULL")))

    assert removed == [False, True]


def added_passkey(username):
    """A passkey that stays in one device, as its owner adds it."""
    staff = Staff.objects.get(username=username)
    return Authenticator.objects.create(user_id=staff.staff_id, type="webauthn", data={"credential": "here"})


def registered_devices():
    return [
        one.authenticator_id
        for one in rows("SELECT authenticator_id FROM agents_device WHERE removed_on IS NULL")
    ]


def test_a_device_of_an_outlet_is_registered_and_ended_on_the_page(counter, backoffice, monkeypatch):  # noqa: F811
    monkeypatch.setattr(outlets, "stays_in_one_device", lambda credential: credential == "here")
    approved("agent-018")
    ask, first = backoffice(StaffRole.ADMINISTRATOR), registered_devices()
    given = {"do": "register_device", "username": counter.username}

    none = ask("post", f"/agents/{AGENT}/do/", given | {"confirmed": "yes"})
    passkey = added_passkey(counter.username)
    elsewhere = ask("post", "/agents/agent-018/do/", given | {"confirmed": "yes"})
    question = ask("post", f"/agents/{AGENT}/do/", given)
    asked = registered_devices()
    done = ask("post", f"/agents/{AGENT}/do/", given | {"confirmed": "yes"})
    registered = registered_devices()
    ended = ask(
        "post",
        f"/agents/{AGENT}/do/",
        {"do": "remove_devices", "username": counter.username, "confirmed": "yes"},
    )

    assert "has no new passkey that stays in one device" in none.content.decode()
    assert elsewhere.status_code == 409, "the page of another agent registers nothing"
    assert "Call the outlet first" in question.content.decode()
    assert asked == first
    assert "The device is registered." in done.content.decode()
    assert registered == [*first, passkey.pk]
    assert "Devices ended: 2." in ended.content.decode()
    assert registered_devices() == []


@pytest.mark.parametrize(
    ("role", "do", "status"),
    [
        (StaffRole.SUPERVISOR, "remove_devices", 200), (StaffRole.SUPERVISOR, "register_device", 403),
        (StaffRole.AUDITOR, "remove_devices", 403), (StaffRole.CAMPAIGN_MANAGER, "remove_devices", 403),
    ],
)  # fmt: skip
def test_a_supervisor_ends_a_lost_device_and_registers_none(counter, backoffice, role, do, status):  # noqa: F811
    before, ask = registered_devices(), backoffice(role)

    answer = ask("post", f"/agents/{AGENT}/do/", {"do": do, "username": counter.username, "confirmed": "yes"})

    assert answer.status_code == status
    assert registered_devices() == ([] if status == 200 else before)


@pytest.mark.parametrize("role", [StaffRole.SUPERVISOR, StaffRole.AUDITOR, StaffRole.CAMPAIGN_MANAGER])
def test_only_an_administrator_enters_and_ends_agents(counter, backoffice, role):  # noqa: F811
    ask = backoffice(role)

    assert ask("get", "/agent/add/").status_code == 403
    assert ask("post", f"/agents/{AGENT}/do/", {"do": "terminate", "confirmed": "yes"}).status_code == 403
    assert queries.agent_called(AGENT, on=ON, window_days=30).state is AgentState.APPROVED


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
@pytest.mark.parametrize(
    "address",
    [
        "/agent/add/",
        *(f"/agents/{AGENT}/{do}/" for do in ("attest", "audit", "open_outlet", "hours", "assign")),
    ],
)
def test_the_forms_about_agents_are_drawn_in_every_language(counter, backoffice, address, language):  # noqa: F811
    assert backoffice(StaffRole.ADMINISTRATOR)("get", address, language=language).status_code == 200


@pytest.mark.parametrize(
    ("do", "given", "kept"),
    [
        ("open_outlet", {"outlet": "Shop 1", "hours": "always"}, "always"),
        ("assign", {"username": "no-such", "outlet": "lhasa-03"}, "lhasa-03"),
    ],
)
def test_a_refused_form_about_an_agent_says_why_and_stays_filled_in(counter, backoffice, do, given, kept):  # noqa: F811
    answer = backoffice(StaffRole.ADMINISTRATOR)("post", f"/agents/{AGENT}/{do}/", given)

    assert answer.status_code == 422
    assert "govuk-error-summary__title" in answer.content.decode()
    assert f'value="{kept}"' in answer.content.decode()


@pytest.mark.parametrize("do", ["assign", "hours"])
def test_the_outlets_of_the_agent_are_offered_and_need_not_be_typed(counter, backoffice, do):  # noqa: F811
    page = backoffice(StaffRole.ADMINISTRATOR)("get", f"/agents/{AGENT}/{do}/").content.decode()

    (offered,) = re.findall(r'<select name="outlet".*?</select>', page, re.DOTALL)
    assert re.findall(r'<option value="([^"]+)"', offered) == ["lhasa-03"]


@pytest.mark.parametrize(
    ("page", "given", "field"),
    [
        ("agent/add", {"agent": AGENT}, "agent"),
        ("agent/add", {"agent": "No Code"}, "agent"),
        (f"agents/{AGENT}/open_outlet", {"outlet": "lhasa-03", "hours": "always"}, "outlet"),
        (f"agents/{AGENT}/open_outlet", {"outlet": "lhasa-04", "hours": "sometimes"}, "hours"),
        (f"agents/{AGENT}/assign", {"username": "no-such", "outlet": "lhasa-03"}, "username"),
        (f"agents/{AGENT}/assign", {"username": "clerk-07", "outlet": "lhasa-03"}, "username"),
    ],
)
def test_a_refusal_of_what_was_typed_about_an_agent_is_said_at_its_field(
    counter,  # noqa: F811 - the same counter
    backoffice,
    page,
    given,
    field,
):
    answer = backoffice(StaffRole.ADMINISTRATOR)("post", f"/{page}/", given)

    assert answer.status_code == 422
    assert f'<li><a href="#id_{field}">' in answer.content.decode()


def test_evidence_that_is_too_large_is_refused_next_to_its_requirement(counter, backoffice, monkeypatch):  # noqa: F811
    monkeypatch.setattr(agent_actions, "_MAX_EVIDENCE_BYTES", 3)
    requirement = next(iter(checklist()))

    answer = backoffice(StaffRole.ADMINISTRATOR)(
        "post", f"/agents/{AGENT}/attest/", {"requirement": requirement, "file": SimpleUploadedFile("a.pdf", b"four")}
    )  # fmt: skip

    assert answer.status_code == 422
    assert "The file is larger than 20 MB." in answer.content.decode()
    assert re.search(f'value="{requirement}"[^>]* checked', answer.content.decode())


@pytest.mark.parametrize("role", [StaffRole.SUPERVISOR, StaffRole.CAMPAIGN_MANAGER])
def test_an_account_of_an_agent_sees_no_page_of_the_back_office(vaulted, app, as_role, role):  # noqa: F811
    approved()
    approved("agent-018")
    shop("other-1", outlet="lhasa-04")
    employ(role, username="own-1")
    employ(role, username="theirs-1")
    outlets.assign_staff(console_authority(), "theirs-1", agent=AGENT, outlet="lhasa-04", on=ON)
    app("backoffice")

    def ask(name, address):
        client = Client()
        with as_role("backoffice"):
            enter(client, name)
            return client.get(address, **PAGE)

    places = ("/campaign/", "/agents/agent-018/", "/cases/")
    theirs = [ask("theirs-1", one) for one in places]

    assert [one.status_code for one in theirs] == [403] * 3
    assert "agent-018" not in theirs[1].content.decode()
    assert "The back office is closed to accounts of agents." in theirs[0].content.decode()
    assert ask("theirs-1", "/account/sessions/").status_code == 200
    assert ask("own-1", "/campaign/").status_code == 200
