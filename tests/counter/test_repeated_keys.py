# SPDX-License-Identifier: EUPL-1.2
"""A form that was sent and got no answer is sent again: one for the same line gives the first receipt, one for another line is refused."""

import json
import re

import pytest

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.queries import find_line
from tests.counter.test_carried_line import HANDLE, found
from tests.counter.test_pages import filled, post
from tests.registration.people import fresh_number, person
from tests.selfcare.people import register_line

ACTS = {
    "pause": {"reason": "hospital", "first": "2012-03-02", "last": ""},
    "essential": {"essential": "yes"},
    "dispute": {},
}


@pytest.fixture
def two(at_counter):
    """Two lines, each with its own subscriber."""
    numbers = fresh_number(), fresh_number()
    for number in numbers:
        assert post(at_counter, "register", number, person()).status_code == 302
    return numbers


def entries(number):
    return len(rows("SELECT FROM ledger_entry WHERE line_id = %s", [find_line(number).line_id]))


def handle_of(client, number):
    found(client, number)
    return re.search(HANDLE, client.get("/pause/").content.decode())[1]


@pytest.mark.parametrize("act", ACTS)
def test_the_form_of_one_line_gives_no_receipt_for_another(at_counter, two, act):
    first, other = two
    form = {"submission_key": str(new_uuid()), **ACTS[act]}
    done = at_counter.post(f"/{act}/", form | {"number": first})
    before = entries(other)

    refused = at_counter.post(f"/{act}/", form | {"number": other})

    assert done.status_code == 302
    assert refused.status_code == 422
    assert "This was sent before" in refused.content.decode()
    assert form["submission_key"] not in refused.content.decode()
    assert entries(other) == before


def test_a_page_with_a_script_says_so_and_can_be_sent_for_another_line(at_counter, two):
    form = {"submission_key": str(new_uuid()), **ACTS["pause"]}
    at_counter.post("/pause/", form | {"number": two[0]})

    said = at_counter.post(
        "/pause/", form | {"number": two[1]}, headers={"HX-Request": "true"}
    ).content.decode()
    key = re.search(
        r'<input type="hidden" name="submission_key" value="([^"]+)"[^>]* hx-swap-oob="true">', said
    )
    done = at_counter.post("/pause/", form | {"number": two[1], "submission_key": key[1]})

    assert "This was sent before" in said
    assert key[1] != form["submission_key"]
    assert done["Location"].startswith(f"/receipt/{key[1]}")


@pytest.mark.parametrize("act", ACTS)
def test_the_form_of_the_same_line_gives_its_first_receipt(at_counter, two, act):
    form = {"submission_key": str(new_uuid()), "number": two[0], **ACTS[act]}

    done, again = (at_counter.post(f"/{act}/", form) for _ in range(2))

    assert again["Location"] == done["Location"] + "?again"


def test_the_form_of_a_line_that_was_found_gives_no_receipt_for_another_one(at_counter, two):
    form = {"submission_key": str(new_uuid()), **ACTS["essential"]}
    handles = [handle_of(at_counter, number) for number in two]
    at_counter.post("/essential/", form | {"number": handles[0]})

    again, refused = (at_counter.post("/essential/", form | {"number": handle}) for handle in handles)

    assert (again.status_code, refused.status_code) == (302, 422)


def test_a_person_is_not_said_to_be_registered_by_the_form_of_another_line(at_counter):
    numbers = fresh_number(), fresh_number()
    form = filled(at_counter, "register", numbers[0], person())
    at_counter.post("/register/", form)
    at_counter.post("/register/", filled(at_counter, "register", numbers[1], person()))
    other = handle_of(at_counter, numbers[1])

    answer = at_counter.post("/transfer/", form | {"number": other})
    again = at_counter.post("/register/", form | {"number": other})

    assert answer.status_code == 422
    assert again.status_code == 422


def test_what_waits_for_an_approver_is_not_said_to_wait_for_another_line(at_counter, dual_control):
    dual_control("register")
    form = filled(at_counter, "register", fresh_number(), person())
    sent = at_counter.post("/register/", form)

    refused = at_counter.post("/register/", form | {"number": fresh_number()})
    again = at_counter.post("/register/", form)

    assert (sent.status_code, refused.status_code, again.status_code) == (302, 422, 302)


def test_no_page_tells_whether_a_customers_number_is_the_key_of_a_row(at_counter):
    known, unknown = "13900001234", "13900005678"
    number = fresh_number()
    register_line(number, key=known)
    receipts = [at_counter.get(f"/receipt/{key}/") for key in (known, unknown)]
    pauses = [
        at_counter.post("/pause/", {"submission_key": key, "number": number, **ACTS["pause"]})
        for key in (known, unknown)
    ]
    sent = {"ticket": str(new_uuid()), "sealed": "AAAA"}
    offline = [
        at_counter.post(
            "/offline/submissions/", json.dumps(sent | {"key": key}), content_type="application/json"
        )
        for key in (known, unknown)
    ]

    assert [one.status_code for one in receipts] == [404, 404]
    for one, other in (pauses, offline):
        assert one.status_code == other.status_code == 422
        assert "was used" not in one.content.decode()
