# SPDX-License-Identifier: EUPL-1.2
"""A counter of an agent through its pages: place, hours and device are asked for; own figures and no other's."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollkeeper.access.models import Staff
from rollkeeper.agents import outlets, queries
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.receipts import receipt_of
from rollkeeper.lines.queries import find_line
from rollkeeper.registration.services import mark_essential
from rollkeeper.vault.offline_keys import renew_offline_keys
from tests.agents.conftest import AGENT, CONSOLE, ON, PLACE, counter, shop, vaulted  # noqa: F401 - the same counter
from tests.registration.people import fresh_number

PAGE, JSON = {"HTTP_ACCEPT": "text/html"}, {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def browser(counter, app):  # noqa: F811
    """A user signed in at an agent's counter, with these passkeys."""
    app("counter")

    def signed_in(*passkeys):
        client = Client()
        client.force_login(Staff.objects.get(username=counter.username))
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "mfa", "at": 1.0, "id": passkey, "type": "webauthn"} for passkey in passkeys
        ]
        session["account_authentication_methods_user"] = str(counter.authority.staff_id)
        session.save()
        return client

    return signed_in


def given(number, key=None):
    return {
        "submission_key": key or str(new_uuid()), "number": number, "kind": "individual", "service": "mobile",
        "language": "en", "subscriber__name": "Invented Person", "subscriber__address": "1 Invented Street",
        "subscriber__document_type": "passport", "subscriber__document_state": "NPL",
        "subscriber__document_number": "X7654321", "double_checked": "on",
    }  # fmt: skip


def test_the_registered_device_registers_and_the_entry_says_where(browser, counter):  # noqa: F811
    client = browser(counter.passkey)
    assert client.get("/register/", **PAGE).status_code == 200

    answer = client.post("/register/", given(fresh_number()), **PAGE)

    assert answer.status_code == 302, answer.content.decode()
    (taken,) = rows("SELECT line_id FROM ledger_entry WHERE verb = 'agents:registration:recorded'")
    assert rows("SELECT is_registered FROM lines_line WHERE line_id = %s", [taken.line_id])[0].is_registered


def test_an_image_is_counted_whatever_comes_of_it_and_a_form_without_one_is_not(browser, counter):  # noqa: F811
    client = browser(counter.passkey)
    nothing = client.post("/register/read/subscriber/", {"service": "mobile"}, **PAGE)
    no_picture = SimpleUploadedFile("passport.jpg", b"this is no picture", content_type="image/jpeg")
    refused = client.post("/register/read/subscriber/", {"service": "mobile", "picture": no_picture}, **PAGE)

    assert (nothing.status_code, refused.status_code) == (422, 422)
    assert [row.images for row in rows("SELECT images FROM agents_documentimagecount")] == [1]
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'agents:document_image:counted'")) == 1


HELP = {
    "/pause/": {"reason": "hospital", "first": "2012-03-02", "last": ""},
    "/reconnect/": {},
    "/essential/": {"essential": "no"},
    "/dispute/": {"receipt": ""},
}


@pytest.mark.parametrize("address", ["/register/", "/transfer/", "/replace-sim/", "/terminate/", *HELP])
def test_another_device_gets_no_form_and_is_told_what_to_do(browser, address):
    answer = browser().get(address, **PAGE)

    assert answer.status_code == 403
    assert "passkey of the counter" in answer.content.decode()


def test_outside_the_hours_no_line_is_looked_up(browser, counter):  # noqa: F811
    done = counter.register(number=(number := fresh_number()))
    outlets.change_hours(CONSOLE, AGENT, PLACE, hours="sun 00:00-00:01", on=ON)

    answer = browser(counter.passkey).post("/", {"submission_key": "12345678", "number": number}, **PAGE)

    assert answer.status_code == 409
    assert "closed now" in answer.content.decode()
    assert str(done.line_id) not in answer.content.decode()


@pytest.mark.parametrize("address", HELP)
@pytest.mark.parametrize("where", ["another device", "out of hours", "no outlet"])
def test_elsewhere_no_line_is_looked_up_or_changed(browser, counter, address, where):  # noqa: F811
    number = fresh_number()
    counter.register(number=number)
    mark_essential(CONSOLE, submission_key=str(new_uuid()), number=number, essential=True, on=ON)
    given = {"submission_key": str(new_uuid()), "number": number} | HELP[address]
    client = browser(*([] if where == "another device" else [counter.passkey]))
    if where == "out of hours":
        outlets.change_hours(CONSOLE, AGENT, PLACE, hours="sun 00:00-00:01", on=ON)
    if where == "no outlet":
        outlets.unassign_staff(CONSOLE, counter.username, on=ON - dt.timedelta(days=1))
    before = rows("SELECT count(*) AS n FROM ledger_entry")[0].n

    answer = client.post(address, given, **PAGE)

    assert answer.status_code == (409 if where == "out of hours" else 403)
    assert find_line(number).is_essential
    assert rows("SELECT count(*) AS n FROM ledger_entry")[0].n == before


def test_an_agent_at_its_limit_still_helps(browser, counter, monkeypatch):  # noqa: F811
    number = fresh_number()
    counter.register(number=number)
    monkeypatch.setattr(queries, "daily_limit_of", lambda _: 1)
    client = browser(counter.passkey)

    answers = [
        client.post(
            address, {"submission_key": str(new_uuid()), "number": number} | HELP[address], **PAGE
        ).status_code
        for address in ("/pause/", "/dispute/", "/essential/")
    ]

    assert (client.get("/register/", **PAGE).status_code, answers) == (409, [302] * 3)


def test_a_form_that_was_filled_in_before_closing_time_is_refused_after_it(browser, counter):  # noqa: F811
    client = browser(counter.passkey)
    outlets.change_hours(CONSOLE, AGENT, PLACE, hours="sun 00:00-00:01", on=ON)

    answer = client.post("/register/", given(fresh_number()), **PAGE)

    assert answer.status_code == 422
    assert "closed now" in answer.content.decode()
    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 0


def test_an_agent_reads_its_own_figures(browser, counter, as_role):  # noqa: F811
    counter.register()

    with as_role("counter"):
        client = browser(counter.passkey)
        page = client.get("/figures/", **PAGE).content.decode()

    assert AGENT in page
    assert "1 of at most 40" in page
    assert "There is no ranking" in page


def test_without_its_device_an_agents_account_reads_no_receipt_and_no_outcome(browser, counter):  # noqa: F811
    done = counter.register()
    code = receipt_of(done.entry_id).code
    clients = {"without": browser(), "with": browser(counter.passkey)}
    answers = {}

    for how, client in clients.items():
        answers[how] = [
            client.get(f"/receipt/{done.submission_key}/", **PAGE).status_code,
            client.get("/receipts/", **PAGE).status_code,
            client.post("/receipts/", {"code": code}, **PAGE).status_code,
            *(client.get(f"/receipts/{code}/{form}", **PAGE).status_code for form in ("", "pdf/", "text/")),
            client.post("/offline/outcomes/", {"keys": []}, "application/json").status_code,
        ]

    assert answers == {"without": [403] * 7, "with": [200] * 7}


HANDED_IN = {"key": "0b8f6d86-1c1f-4b8e-9a52-1d6f3d0c1a11", "sealed": "eHh4"}


@pytest.mark.parametrize("since", ["the same day", "the device was removed", "the account was taken away"])
def test_a_ticket_that_was_carried_off_its_device_registers_no_one_elsewhere(browser, counter, since):  # noqa: F811
    renew_offline_keys(CONSOLE, lasts_days=7, on=ON)
    here, elsewhere = browser(counter.passkey), browser()
    ticket = here.post("/offline/ticket/", {}, "application/json").json()["ticket"]
    if since == "the device was removed":
        run("UPDATE agents_device SET removed_on = %s", [ON])
    if since == "the account was taken away":
        outlets.unassign_staff(CONSOLE, counter.username, on=ON)

    answers = [
        client.post(
            "/offline/submissions/", HANDED_IN | {"ticket": ticket}, "application/json", **JSON
        ).status_code
        for client in (elsewhere, here)
    ]

    assert answers == [403, 200 if since == "the same day" else 403]


@pytest.mark.parametrize(
    ("whose", "may"), [("their own", True), ("a colleague's", True), ("another outlet's", False)]
)
def test_an_agents_clerk_reads_what_came_of_their_own_outlet_alone(browser, counter, whose, may):  # noqa: F811
    other = {"their own": counter}.get(whose) or shop("clerk-08", outlet="another-outlet")
    if whose == "a colleague's":
        outlets.unassign_staff(CONSOLE, "clerk-08", on=ON - dt.timedelta(days=1))
        outlets.assign_staff(CONSOLE, "clerk-08", agent=AGENT, outlet=PLACE, on=ON)
        other = replace(other, passkey=counter.passkey)
    done, waits = other.register(), str(new_uuid())
    run(
        "INSERT INTO offline_registration (submission_key, ticket_id, submitted_by, language, sealed, by_counter)"
        " VALUES (%s, %s, %s, 'en', 'sealed', true)",
        [waits, new_uuid(), other.authority.staff_id],
    )
    client = browser(counter.passkey)

    receipts = [client.get(f"/receipt/{key}/", **PAGE).status_code for key in (done.submission_key, waits)]
    came = client.post("/offline/outcomes/", {"keys": [waits]}, "application/json").json()

    assert receipts == [200 if may else 404] * 2
    assert [one["key"] for one in came["submissions"]] == ([waits] if may else [])


def test_the_first_page_says_at_once_that_nothing_can_be_done_at_this_device(browser, counter):  # noqa: F811
    here, elsewhere = (browser(*one).get("/", **PAGE).content.decode() for one in ([counter.passkey], []))

    assert "This device is not registered" not in here
    assert "This device is not registered" in elsewhere
    assert browser().get("/portal-code/", **PAGE).status_code == 403
