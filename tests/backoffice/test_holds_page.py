# SPDX-License-Identifier: EUPL-1.2
"""The page of legal holds, in the back office's database role: laid by number, shown by reference, lifted after a question."""

import datetime as dt

import pytest
from django.utils.formats import date_format

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from tests.agents.conftest import ON, vaulted  # noqa: F401 - the same set-up
from tests.builders.backoffice import staffed_backoffice
from tests.selfcare.people import NUMBER, register_line

LAST = ON + dt.timedelta(days=200)
HOLD = {
    "number": NUMBER,
    "case": "2012/7",
    "last": LAST.isoformat(),
    "review_on": (ON + dt.timedelta(days=90)).isoformat(),
}


@pytest.fixture
def asked(vaulted, app, as_role, monkeypatch):  # noqa: F811
    clock.set_demo_date(ON)
    return staffed_backoffice(
        app, as_role, monkeypatch, anna=StaffRole.DATA_PROTECTION_OFFICER, bo=StaffRole.SUPERVISOR,
    )  # fmt: skip


def held():
    return [
        (row.case_reference, row.last)
        for row in rows("SELECT case_reference, upper(days) - 1 AS last FROM lines_legalhold ORDER BY 1")
    ]


def test_an_officer_lays_a_hold_by_number_and_lifts_it_after_a_question(asked):
    line_id = register_line()

    laid = asked("anna", "post", "/holds/", HOLD)
    before = held()
    question = asked("anna", "post", "/holds/lift/", {"line": str(line_id), "case": "2012/7"})
    unchanged = held()
    lifted = asked(
        "anna", "post", "/holds/lift/", {"line": str(line_id), "case": "2012/7", "confirmed": "yes"}
    )

    assert "The record is held." in laid.text_
    assert NUMBER not in laid.text_
    assert before == unchanged == [("2012/7", LAST)]
    assert "cannot be brought back" in question.text_
    assert "The hold is lifted." in lifted.text_
    assert held() == [("2012/7", ON)]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"number": ""}, 422), ({"number": "no number"}, 422), ({"case": ""}, 422), ({"last": ""}, 422),
        ({"number": "+8613908919999"}, 422), ({"case": "a name"}, 422), ({"last": "2013-03-04"}, 422),
        ({"last": NUMBER}, 422), ({"case": NUMBER}, 422),
    ],
)  # fmt: skip
def test_what_is_missing_or_goes_too_far_holds_nothing_and_shows_no_number(asked, changes, status):
    register_line()

    answer = asked("anna", "post", "/holds/", HOLD | changes)

    assert answer.status_code == status
    assert f'<li><a href="#id_{next(iter(changes))}">' in answer.text_
    assert NUMBER not in answer.text_
    assert f'value="{HOLD["review_on"]}"' in answer.text_
    assert held() == []


def test_a_hold_that_was_lifted_already_leads_back_to_the_list(asked):
    line = register_line()
    asked("anna", "post", "/holds/", HOLD)
    lift = {"line": str(line), "case": HOLD["case"], "confirmed": "yes"}
    asked("anna", "post", "/holds/lift/", lift)

    again = asked("anna", "post", "/holds/lift/", lift)

    assert again.status_code == 409
    assert "Nothing was changed: it was done before" in again.text_


def test_the_question_says_how_long_the_record_is_held_now(asked):
    line = register_line()
    lift = {"line": str(line), "case": HOLD["case"]}
    asked("anna", "post", "/holds/", HOLD)
    asked("anna", "post", "/holds/", HOLD | {"last": (LAST + dt.timedelta(days=40)).isoformat()})

    question = asked("anna", "post", "/holds/lift/", lift)
    asked("anna", "post", "/holds/lift/", lift | {"confirmed": "yes"})

    assert date_format(LAST + dt.timedelta(days=40), "DATE_FORMAT") in question.text_
    assert asked("anna", "post", "/holds/lift/", lift).status_code == 409


def test_only_the_officer_lays_or_lifts(asked):
    register_line()

    assert asked("bo", "get", "/holds/").status_code == 403
    assert asked("bo", "post", "/holds/", HOLD).status_code == 403
    assert held() == []


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_page_is_drawn_in_every_language(asked, language):
    register_line()
    asked("anna", "post", "/holds/", HOLD)

    assert asked("anna", "get", "/holds/", language=language).status_code == 200
