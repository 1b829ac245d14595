# SPDX-License-Identifier: EUPL-1.2
"""The back office's pages of incidents, in the back office's database role: clocks, drafts, steps, and no names."""

import pytest
from django.test import Client

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.incidents import queries
from rollkeeper.incidents.approvals import run_approved_steps
from rollkeeper.incidents.choices import StepState
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from tests.agents.conftest import ON, employ, vaulted  # noqa: F401 - the same set-up
from tests.builders.lines import make_line
from tests.builders.staff import enter
from tests.incidents.test_incidents import CONSOLE, HOUR, accessed, held_by, opened


@pytest.fixture
def backoffice(vaulted, app, as_role):  # noqa: F811
    """Request a page with a role; requests use the back office's role."""
    app("backoffice")
    for name, role in (
        ("anna", StaffRole.DATA_PROTECTION_OFFICER), ("bo", StaffRole.ADMINISTRATOR), ("clerk", StaffRole.CLERK),
    ):  # fmt: skip
        employ(role, username=name)

    def asking(name, method, address, data=None, language="en"):
        client = Client()
        with as_role("backoffice"):
            enter(client, name)
        with as_role("backoffice"):
            answer = getattr(client, method)(
                address, data or {}, HTTP_ACCEPT="text/html", HTTP_ACCEPT_LANGUAGE=language, follow=True
            )
        answer.text_ = answer.content.decode()
        return answer

    return asking


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
    first = backoffice("anna", "post", at + "ask/", {"step": "notify_people"})
    waited = carried()
    second = backoffice("bo", "post", at + "ask/", {"step": "notify_people"})
    assert carried() == 1
    backoffice("anna", "post", at + "ask/", {"step": "sign_out_everyone"})
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
    backoffice("anna", "post", at + "ask/", {"step": "rotate_keys"})

    answer = backoffice("bo", "post", at + "withdraw/", {"step": "rotate_keys"})

    assert "withdrawn, and not done" in answer.text_
    assert queries.steps(CONSOLE, made)[0].state is StepState.WITHDRAWN


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
    backoffice("anna", "post", at + "ask/", {"step": "rotate_keys"})

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
