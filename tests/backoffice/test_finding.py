# SPDX-License-Identifier: EUPL-1.2
"""In long lists a row is found by what names it. What is typed is in no address and in no answer."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import RequestFactory

from rollkeeper.access.roles import StaffRole
from rollkeeper.backoffice.finding import find_in
from tests.agents.conftest import employ, vaulted  # noqa: F401 - the same set-up
from tests.backoffice.test_case_pages import asked, disputed  # noqa: F401 - fixtures
from tests.registration.conftest import new_line  # noqa: F401
from tests.selfcare.people import NUMBER

FIRST, SECOND = UUID("0193aaaa-0000-7000-8000-00000024a8cc"), UUID("0193bbbb-0000-7000-8000-0000000d15b4")


@dataclass
class Row:
    reference: UUID
    name: str | None = None


ROWS = [Row(FIRST, "clerk-07"), Row(SECOND, "clerk-17"), Row(UUID(int=7))]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("24A8CC", ROWS[:1]), ("…24a8cc", ROWS[:1]), (f" {FIRST} ", ROWS[:1]), (FIRST.hex, ROWS[:1]), ("0193bbbb", ROWS[1:2]),
        ("a8cc", ROWS[:1]), ("8CC", []), ("aaaa0000", []), ("07", ROWS[:1]), ("CLERK", ROWS[:2]), ("clerk-99", []), (" ", []), ("-", ROWS[:2]),
    ],
)  # fmt: skip
def test_a_row_is_found_by_either_end_of_its_reference_or_a_part_of_a_name(typed, expected):
    request = RequestFactory().post("/cases/", {"find": typed})

    found = find_in(request, ROWS, lambda one: [one.reference, one.name], label="Reference")

    assert [*found.rows] == (expected or ROWS)
    assert found.is_narrowed is bool(expected)
    assert found.only == (expected[0] if len(expected) == 1 else None)
    assert found.status == (200 if expected else 422)


def test_what_an_address_says_finds_nothing():
    found = find_in(
        RequestFactory().get("/cases/?find=clerk-07"), ROWS, lambda one: [one.name], label="Reference"
    )

    assert (found.rows, found.is_narrowed) == (ROWS, False)


def test_a_case_is_found_by_the_reference_of_its_line_and_shown_at_once(asked):  # noqa: F811
    case = disputed()
    disputed(number="+8613908911235")

    answer = asked("bo", "post", "/cases/?only=mine", {"find": f"…{case.line_reference}"})

    assert answer.redirect_chain == [(f"/cases/{case.case_id}/", 302)]


def test_the_open_cases_of_a_colleague_are_listed_alone(asked):  # noqa: F811
    first, second, other = (disputed(number=f"+861390891126{n}") for n in range(3))
    for one in (first, second):
        asked("anna", "post", f"/cases/{one.case_id}/take/")

    page = asked("bo", "post", "/cases/", {"find": "ANNA"}).text_

    assert "2 found." in page
    assert [str(one.case_id) in page for one in (first, second, other)] == [True, True, False]


def test_a_number_that_is_typed_in_the_wrong_place_comes_back_nowhere(asked):  # noqa: F811
    disputed()

    answer = asked("bo", "post", "/cases/", {"find": NUMBER})

    assert answer.status_code == 422
    assert "Nothing in this list has this name or reference." in answer.text_
    assert NUMBER[4:] not in answer.text_


def test_who_asked_for_a_number_is_led_to_the_open_case_of_its_line(asked):  # noqa: F811
    case = disputed()

    page = asked("bo", "post", "/line/", {"number": NUMBER}).text_

    assert f'href="/cases/{case.case_id}/"' in page


def test_an_account_is_found_by_a_part_of_its_user_name(asked):  # noqa: F811
    employ(StaffRole.ADMINISTRATOR, username="root-1")

    one = asked("root-1", "post", "/staff/", {"find": "CAI"})
    several = asked("root-1", "post", "/staff/", {"find": "a"})

    assert "cai" in one.text_
    assert one.redirect_chain[0][0].startswith("/staff/")
    assert all(f">{name}</a>" in several.text_ for name in ("anna", "cai"))
    assert ">bo</a>" not in several.text_
