# SPDX-License-Identifier: EUPL-1.2
"""The page on which an officer protects a subscriber, in the back office's database role and the worker's."""

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from tests.agents.conftest import ON, vaulted  # noqa: F401 - the same set-up
from tests.builders.backoffice import staffed_backoffice
from tests.selfcare.people import NUMBER, register_line


@pytest.fixture
def asked(vaulted, app, as_role, monkeypatch):  # noqa: F811
    clock.set_demo_date(ON)
    roles = {role.value: role for role in StaffRole}
    return staffed_backoffice(app, as_role, monkeypatch, **roles)


def protected():
    return len(rows("SELECT FROM subscribers_subscriber WHERE is_protected"))


def test_an_officer_protects_a_subscriber_and_no_one_is_listed(asked):
    register_line()

    before = protected()
    done = asked("data_protection_officer", "post", "/protection/", {"number": NUMBER})
    (kept,) = rows("SELECT payload, facts FROM access_staffrequest")

    assert (before, protected()) == (0, 1)
    assert "The subscriber is protected." in done.text_
    assert NUMBER not in done.text_
    assert kept.payload == {}, "which number it was is kept in no request"
    assert "number_index" not in kept.facts


@pytest.mark.parametrize(("number", "said"), [("", "Fill this in."), ("+8613900000001", "")])
def test_what_is_no_line_protects_no_one(asked, number, said):
    register_line()

    answer = asked("data_protection_officer", "post", "/protection/", {"number": number})

    assert answer.status_code in {404, 422}
    assert said in answer.text_
    assert answer.text_.count('class="govuk-error-summary__title"') <= 1, "a fault is said once at the top"
    assert protected() == 0


@pytest.mark.parametrize("role", [one for one in StaffRole if one is not StaffRole.DATA_PROTECTION_OFFICER])
def test_no_one_else_protects_or_sees_the_page(asked, role):
    register_line()

    answers = [asked(role.value, how, "/protection/", {"number": NUMBER}) for how in ("get", "post")]

    assert {one.status_code for one in answers} == {403}
    assert protected() == 0
