"""An approver at the counter: the clerk's page says that it waits, the supervisor's shows nothing of what was submitted."""

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import find_line
from rollkeeper.offline.processor import process_all
from rollkeeper.vault.offline_keys import renew_offline_keys
from tests.builders.staff import serve_as, sign_in
from tests.counter.conftest import ON
from tests.counter.test_pages import SECRET, filled, key, post
from tests.registration.people import fresh_number, person


@pytest.fixture
def supervisor(at_counter):
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    return sign_in(StaffRole.SUPERVISOR, "boss")


def test_the_clerk_sees_that_it_waits_and_the_supervisor_confirms_it_unread(
    at_counter, supervisor, dual_control
):
    dual_control("register")

    sent = post(at_counter, "register", fresh_number(), double_checked="on")
    waits = at_counter.get(sent["Location"]).content.decode()
    listed = supervisor.get("/pending-approvals/").content.decode()
    submitted = sent["Location"].split("/")[2]
    answer = supervisor.post("/pending-approvals/", {"key": submitted, "approved": "yes"})

    assert "Nothing is recorded yet" in waits
    assert submitted[-6:].upper() in waits
    assert submitted[-6:].upper() in listed
    assert "2 ¶1" in waits
    assert not [
        value for value in SECRET.values() if value in waits + listed and value != SECRET["document_type"]
    ]
    assert (answer.status_code, answer["Location"]) == (302, "/pending-approvals/")
    assert "Nothing to confirm." in supervisor.get("/pending-approvals/").content.decode()
    assert rows("SELECT approves FROM access_approval")[0].approves


@pytest.mark.parametrize(
    ("approved", "said"),
    [("yes", "is confirmed and recorded next"), ("no", "is not confirmed. It is erased")],
)
def test_an_approver_is_told_what_became_of_it(at_counter, supervisor, dual_control, approved, said):
    dual_control("register")
    sent = post(at_counter, "register", fresh_number(), double_checked="on")
    submitted = sent["Location"].split("/")[2]

    page = supervisor.post("/pending-approvals/", {"key": submitted, "approved": approved}, follow=True)

    assert f"{submitted[-6:].upper()} {said}" in page.content.decode()


def test_the_form_says_of_what_waits_that_it_is_not_recorded_yet(at_counter, supervisor, dual_control):
    dual_control("register")
    sent = post(at_counter, "register", fresh_number(), double_checked="on")

    again = at_counter.get("/register/").content.decode()
    supervisor.post("/pending-approvals/", {"key": sent["Location"].split("/")[2], "approved": "no"})
    process_all(worker_authority())
    refused = at_counter.get("/register/").content.decode()

    assert "Nothing is recorded yet" in again
    assert "is recorded, once" not in again + refused
    assert f'href="{sent["Location"]}"' in again
    assert "Refused, nothing was recorded" in refused


def test_what_would_be_refused_is_refused_at_once_and_does_not_wait(at_counter, supervisor, dual_control):
    dual_control("register", "replace_sim", "link_document")

    sent = post(at_counter, "register", fresh_number(), SECRET | {"document_number": "12"})
    asked = {"submission_key": key(at_counter.get("/replace-sim/")), "number": fresh_number()}
    unknown = at_counter.post(
        "/replace-sim/", asked | {"document_type": "passport", "document_number": "X1234567"}
    )

    assert (sent.status_code, unknown.status_code) == (422, 422)
    assert rows("SELECT FROM offline_registration") == []


def test_a_failed_check_digit_waits_for_a_supervisor_whatever_the_law(at_counter, supervisor):
    number, who = fresh_number(), SECRET | {"document_number": "110105194912310021"}

    once = post(at_counter, "register", number, who)
    twice = post(at_counter, "register", number, who, double_checked="on")
    waits = at_counter.get(twice["Location"]).content.decode()
    supervisor.post("/pending-approvals/", {"key": twice["Location"].split("/")[2], "approved": "yes"})

    assert "needs a second check" in once.content.decode()
    assert "A check digit does not match" in waits
    assert find_line(number) is None
    assert rows(
        "SELECT a.approves, c.action_kind FROM offline_registration c JOIN access_approval a ON a.subject = c.registration_id"
    ) == [(True, "register")]


def test_a_supervisor_at_the_counter_needs_nobody_else(supervisor):
    number, who = fresh_number(), SECRET | {"document_number": "110105194912310021"}

    post(supervisor, "register", number, who, double_checked="on")

    assert find_line(number).is_registered


def test_where_no_law_asks_for_an_approver_there_is_none(at_counter, supervisor):
    number = fresh_number()

    post(at_counter, "register", number, double_checked="on")

    assert find_line(number).is_registered
    assert rows("SELECT FROM offline_registration") == []


def test_only_staff_who_may_confirm_see_what_waits(at_counter, supervisor):
    assert at_counter.get("/pending-approvals/").status_code == 403
    assert "/pending-approvals/" not in at_counter.get("/").content.decode()
    assert "/pending-approvals/" in supervisor.get("/").content.decode()


def test_a_yes_that_comes_too_late_is_said_to_be_late(supervisor):
    answer = supervisor.post("/pending-approvals/", {"key": "nobody-waits", "approved": "yes"})

    assert answer.status_code == 422
    assert "Nothing is waiting for approval there any more." in answer.content.decode()


@pytest.fixture
def colleague(at_counter):
    """Another clerk's session, which sent nothing yet."""
    client = sign_in(StaffRole.CLERK, "colleague")
    serve_as(client, "counter")
    return client


@pytest.mark.parametrize("is_same", [True, False])
def test_another_session_is_not_told_that_a_form_waits_for_the_line_it_now_names(
    at_counter, colleague, supervisor, dual_control, is_same
):
    dual_control("register")
    form = filled(at_counter, "register", fresh_number(), person())
    at_counter.post("/register/", form)

    answer = colleague.post("/register/", form if is_same else form | {"number": fresh_number()})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This page cannot tell for which line." in page
    assert "Otherwise send it once more." in page
    assert form["submission_key"] not in page
    assert len(rows("SELECT FROM offline_registration")) == 1


def test_a_form_that_an_approver_refused_names_no_line_to_another_session(
    at_counter, colleague, supervisor, dual_control
):
    dual_control("register")
    form = filled(at_counter, "register", fresh_number(), person())
    at_counter.post("/register/", form)
    supervisor.post("/pending-approvals/", {"key": form["submission_key"], "approved": "no"})
    process_all(worker_authority())

    page = colleague.post("/register/", form | {"number": fresh_number()}, follow=True).content.decode()

    assert "Refused, nothing was recorded" in page
    assert 'class="rk-number"' not in page
