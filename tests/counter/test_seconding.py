"""A second person at the counter: the clerk's page says that it waits, the supervisor's shows nothing of what was submitted."""

import datetime as dt

import pytest
from django.test import Client

from rollkeeper.access.acts import add_staff
from rollkeeper.access.authority import console_authority, sweep_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import find_line
from rollkeeper.vault.capture_keys import renew_capture_keys
from tests.counter.conftest import ON
from tests.counter.test_pages import SECRET, key, post
from tests.enrolment.people import fresh_number


@pytest.fixture
def supervisor(at_counter):
    renew_capture_keys(sweep_authority(), lasts_days=7, on=ON)
    add_staff(
        console_authority(), username="boss", password="an invented pass phrase", roles=[StaffRole.SUPERVISOR],
        on=dt.date(2000, 1, 1),
    )  # fmt: skip
    client = Client(SERVER_NAME="localhost")
    client.force_login(Staff.objects.get(username="boss"))
    return client


def test_the_clerk_is_told_that_it_waits_and_the_supervisor_confirms_it_unread(
    at_counter, supervisor, seconded
):
    seconded("register")

    sent = post(at_counter, "register", fresh_number(), looked_twice="on")
    waits = at_counter.get(sent["Location"]).content.decode()
    listed = supervisor.get("/to-confirm/").content.decode()
    submitted = sent["Location"].split("/")[2]
    answer = supervisor.post("/to-confirm/", {"key": submitted, "agreed": "yes"})

    assert "Nothing is recorded yet" in waits
    assert submitted[-6:].upper() in waits
    assert submitted[-6:].upper() in listed
    assert "2 ¶1" in waits
    assert not [
        value for value in SECRET.values() if value in waits + listed and value != SECRET["document_type"]
    ]
    assert (answer.status_code, answer["Location"]) == (302, "/to-confirm/")
    assert "Nothing waits." in supervisor.get("/to-confirm/").content.decode()
    assert rows("SELECT agreed FROM captures_capture")[0].agreed


def test_what_would_be_refused_is_refused_at_once_and_does_not_wait(at_counter, supervisor, seconded):
    seconded("register", "replace_sim", "join_document")

    sent = post(at_counter, "register", fresh_number(), SECRET | {"document_number": "12"})
    asked = {"submission_key": key(at_counter.get("/replace-sim/")), "number": fresh_number()}
    unknown = at_counter.post(
        "/replace-sim/", asked | {"document_type": "passport", "document_number": "X1234567"}
    )

    assert (sent.status_code, unknown.status_code) == (422, 422)
    assert rows("SELECT FROM captures_capture") == []


def test_a_failed_check_digit_waits_for_a_supervisor_whatever_the_law(at_counter, supervisor):
    number, who = fresh_number(), SECRET | {"document_number": "110105194912310021"}

    once = post(at_counter, "register", number, who)
    twice = post(at_counter, "register", number, who, looked_twice="on")
    waits = at_counter.get(twice["Location"]).content.decode()
    supervisor.post("/to-confirm/", {"key": twice["Location"].split("/")[2], "agreed": "yes"})

    assert "second look" in once.content.decode()
    assert "a check digit does not fit" in waits
    assert find_line(number) is None
    assert rows("SELECT agreed, deed FROM captures_capture") == [(True, "register")]


def test_a_supervisor_at_the_counter_needs_nobody_else(supervisor):
    number, who = fresh_number(), SECRET | {"document_number": "110105194912310021"}

    post(supervisor, "register", number, who, looked_twice="on")

    assert find_line(number).is_registered


def test_where_no_law_asks_for_a_second_person_there_is_none(at_counter, supervisor):
    number = fresh_number()

    post(at_counter, "register", number, looked_twice="on")

    assert find_line(number).is_registered
    assert rows("SELECT FROM captures_capture") == []


def test_only_whoever_may_confirm_is_shown_what_waits(at_counter, supervisor):
    assert at_counter.get("/to-confirm/").status_code == 403
    assert "/to-confirm/" not in at_counter.get("/").content.decode()
    assert "/to-confirm/" in supervisor.get("/").content.decode()


def test_a_yes_that_comes_too_late_is_said_to_be_late(supervisor):
    answer = supervisor.post("/to-confirm/", {"key": "nobody-waits", "agreed": "yes"})

    assert answer.status_code == 422
    assert "Nothing waits to be confirmed there any more." in answer.content.decode()
