# SPDX-License-Identifier: EUPL-1.2
"""The back office's pages about agents and of the evidence, in the back office's own role of the database."""

import pytest
from django.test import Client

from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.agents import queries
from rollkeeper.agents.choices import AgentState, Pattern
from rollkeeper.kernel.database import rows
from tests.agents.conftest import AGENT, ON, counter, employ, set_settings, vaulted  # noqa: F401 - the same counter
from tests.builders.staff import enter

PAGE = {"HTTP_ACCEPT": "text/html"}


@pytest.fixture
def backoffice(vaulted, app, as_role):  # noqa: F811
    """Sign in with a role; requests use the back office's database role."""
    app("backoffice")

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

    answer = backoffice(StaffRole.SUPERVISOR)("post", f"/agents/{AGENT}/suspend/", {"because": "fraud"})

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
    done = backoffice(StaffRole.SUPERVISOR)("post", address, {"verdict": "reverify"})

    assert (refused.status_code, done.status_code) == (403, 200)
    assert queries.open_cases() == []
    assert rows("SELECT line_id FROM agents_reverification")[0].line_id == case.line_id


def test_an_agent_nobody_knows_and_a_report_nobody_made_are_not_there(backoffice):
    ask = backoffice(StaffRole.AUDITOR)

    assert ask("get", "/agents/agent-999/").status_code == 404
    assert ask("get", "/reports/2012-Q1/").status_code == 404
    assert "No report was made yet" in ask("get", "/reports/").content.decode()
