# SPDX-License-Identifier: EUPL-1.2
"""A disclosure request is entered, read, answered and delivered on pages: by the vault service, for people whom it checked, never in bulk."""

import itertools
import json

import pyrage
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollkeeper.access.models import Staff
from rollkeeper.access.services import authority_of
from rollkeeper.disclosures.authorities import fingerprint
from rollkeeper.disclosures.models import DisclosureRequest, RequestingAuthority
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId
from rollkeeper.vault import client
from rollkeeper.vault.hooks import STAFF_OPERATIONS
from rollkeeper.vault.protocol import read_message, written
from rollkeeper.vault.service import StaffRequest
from tests.builders.staff import enter
from tests.disclosures.conftest import DAY, NUMBER, ON, PASSWORD, SCAN, hashed, instance, law  # noqa: F401 - fixtures
from tests.web_app import opened_app

CONFIRM = {"password": PASSWORD, "code": ""}


@pytest.fixture
def vault(monkeypatch):
    """A vault service in this process: it checks passwords itself, and gets what would travel over its socket."""
    from rollkeeper.access.errors import NotSignedIn
    from rollkeeper.vault.errors import VAULT_SESSION_OVER

    sessions, tokens = {}, itertools.count()

    def sign_in(username, password, ask_code):
        staff = Staff.objects.filter(username=username).first()
        if staff is None or password != PASSWORD:
            raise NotSignedIn
        token = f"token-{next(tokens)}"
        sessions[token] = username
        return client.Session(token, StaffId(staff.staff_id))

    def ask(operation, *, token="", **values):
        if operation == "sign-out":
            return sessions.pop(token) and True
        if token not in sessions:
            raise VAULT_SESSION_OVER()
        travelled = read_message(written({"with": values})[4:])["with"]

        def authority_with(name):
            return authority_of(Staff.objects.get(username=sessions[name]))

        request = StaffRequest(authority_with(token), travelled, authority_with)
        return STAFF_OPERATIONS.only(operation)(request)

    monkeypatch.setattr(client, "sign_in", sign_in)
    monkeypatch.setattr(client, "ask", ask)
    return sessions


@pytest.fixture
def asked(instance, vault, monkeypatch):  # noqa: F811
    """Request a page as a user, with real commits: what is sealed is read over another connection."""
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    instance.register_line()

    def asking(name, method, address, data=None, *, browser=None, follow=True):
        browser = browser or Client()
        if not browser.session.get("_auth_user_id"):
            enter(browser, name)
        answer = getattr(browser, method)(address, data or {}, HTTP_ACCEPT="text/html", follow=follow)
        answer.text_ = (
            "" if answer["Content-Type"].startswith("application/octet") else answer.content.decode()
        )
        return answer

    asking.instance, asking.sessions = instance, vault
    with opened_app("backoffice"):
        yield asking


def entering(instance, **changes):  # noqa: F811
    return CONFIRM | {
        "authority": str(instance.court), "instrument": "warrant", "reference": "2012 no. 18",
        "file": SimpleUploadedFile("order.pdf", SCAN), "number": NUMBER, "held_on": ON.isoformat(), "fields_named": ["name"],
        "received_on": ON.isoformat(), "expires_on": (ON + 90 * DAY).isoformat(),
    } | changes  # fmt: skip


def test_a_request_is_carried_from_its_entry_to_its_delivery_on_pages(asked):
    entered = asked("supervisor-2", "post", "/disclosures/enter/", entering(asked.instance))
    disclosure_id = DisclosureRequest.objects.get().disclosure_id
    at = f"/disclosures/{disclosure_id}/"
    read = asked("officer", "post", at + "instrument/", CONFIRM)
    for name in ("supervisor", "officer"):
        asked(name, "post", at + "approve/", {"number": NUMBER, "held_on": ON.isoformat(), "checked": "on"})
    answer = asked("officer", "post", at + "answer/", CONFIRM | {
        "number": NUMBER, "held_on": ON.isoformat(), "second": "supervisor", "second_password": PASSWORD, "second_code": "",
    })  # fmt: skip
    delivered = asked("officer", "post", at + "delivered/", CONFIRM)

    assert "The request is entered" in entered.text_
    assert NUMBER not in entered.text_
    assert read.content == SCAN
    assert read["Content-Disposition"].startswith("attachment")
    assert json.loads(pyrage.decrypt(answer.content, [asked.instance.key]))["fields"] == {
        "name": asked.instance.person["name"]
    }
    assert asked.instance.person["name"].encode() not in answer.content
    assert "The delivery of the answer is recorded." in delivered.text_
    assert DisclosureRequest.objects.get().state == "delivered"
    assert len(asked.sessions) == 4  # the second person's was ended at once


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"password": ""}, 422), ({"password": "other words"}, 403), ({"number": ""}, 422), ({"fields_named": []}, 422),
        ({"authority": ""}, 422), ({"received_on": (ON + DAY).isoformat()}, 422),
        ({"file": SimpleUploadedFile("order.pdf", b"x" * 2_500_001)}, 422),
    ],
)  # fmt: skip
def test_what_is_missing_enters_nothing_and_what_was_typed_is_not_shown_again(asked, changes, status):
    answer = asked("supervisor-2", "post", "/disclosures/enter/", entering(asked.instance, **changes))

    assert answer.status_code == status
    assert NUMBER not in answer.text_
    assert "2012 no. 18" not in answer.text_
    assert not DisclosureRequest.objects.exists()


def test_a_wrong_password_loses_no_day_and_no_choice(asked):
    answer = asked(
        "supervisor-2", "post", "/disclosures/enter/", entering(asked.instance, password="other words")
    )

    assert 'id="id_password_error"' in answer.text_
    assert f'value="{(ON + 90 * DAY).isoformat()}"' in answer.text_
    assert answer.text_.count(" checked") == 2  # the instrument and one entry
    assert not [one for one in (NUMBER, "2012 no. 18", "other words") if one in answer.text_]


def test_a_session_with_the_vault_that_ended_meanwhile_loses_no_day(asked):
    browser = Client()
    asked("supervisor-2", "post", "/disclosures/enter/", entering(asked.instance), browser=browser)
    asked.sessions.clear()

    over = asked("supervisor-2", "post", "/disclosures/enter/", entering(asked.instance), browser=browser)

    assert over.status_code == 403
    assert 'name="password"' in over.text_
    assert f'value="{(ON + 90 * DAY).isoformat()}"' in over.text_


@pytest.mark.parametrize(
    "numbers",
    ["+8613908911234 +8613908911235", "+8613908911234,+8613908911235", "+8613908911234\n+8613908911235"],
)
def test_a_list_of_numbers_is_no_request(asked, numbers):
    answer = asked("supervisor-2", "post", "/disclosures/enter/", entering(asked.instance, number=numbers))

    assert answer.status_code in {400, 422}
    assert not DisclosureRequest.objects.exists()


def test_a_request_that_the_law_does_not_allow_is_recorded_as_refused(asked):
    answer = asked(
        "supervisor-2",
        "post",
        "/disclosures/enter/",
        entering(asked.instance, fields_named=["birth_date"]),
    )

    made = DisclosureRequest.objects.get()
    assert "Nothing is disclosed" in answer.text_
    assert f"It is counted as refused: …{str(made.disclosure_id)[-6:].upper()}." in answer.text_
    assert made.state == "refused"


def test_one_person_alone_opens_nothing(asked):
    disclosure_id = asked.instance.approved()
    at, given = f"/disclosures/{disclosure_id}/answer/", {"number": NUMBER, "held_on": ON.isoformat()}

    without = asked("officer", "post", at, CONFIRM | given)
    twice = asked("officer", "post", at, CONFIRM | given | {"second": "officer", "second_password": PASSWORD})
    wrong = asked(
        "officer", "post", at, CONFIRM | given | {"second": "supervisor", "second_password": "other words"}
    )
    stranger = asked(
        "officer", "post", at, CONFIRM | given | {"second": "supervisor-2", "second_password": PASSWORD}
    )

    assert [one.status_code for one in (without, twice, wrong, stranger)] == [422, 403, 403, 403]
    assert 'id="id_second_password_error"' in wrong.text_
    assert f'value="{ON.isoformat()}"' in wrong.text_
    assert 'name="second" value="supervisor"' in wrong.text_
    assert DisclosureRequest.objects.get().state == "approved"
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")


def test_a_notification_is_deferred_by_two_who_enter_the_same(asked):
    at = f"/disclosures/{asked.instance.enter()}/defer/"
    given = CONFIRM | {"until": (ON + 20 * DAY).isoformat(), "because": "court_forbids"}

    first = asked("supervisor", "post", at, given)
    again = asked("supervisor", "post", at, given)
    second = asked("officer", "post", at, given)

    assert "A second person must enter the same." in first.text_
    assert again.status_code == 422
    assert 'value="court_forbids"' in again.text_
    assert f'value="{given["until"]}"' in again.text_
    assert "Agreed" in second.text_


def test_an_authority_is_proposed_by_one_and_approved_by_another(asked):
    key = str(pyrage.x25519.Identity.generate().to_public())
    proposed = asked("supervisor", "post", "/disclosures/authorities/", CONFIRM | {
        "title": "Second Invented Court", "kind": "court", "key": key, "valid_until": (ON + 300 * DAY).isoformat(),
    })  # fmt: skip
    made = RequestingAuthority.objects.get(title="Second Invented Court")
    at = f"/disclosures/authorities/{made.authority_id}/"
    wrong = asked("officer", "post", at + "approve/", CONFIRM | {"read_out": "0" * 64})
    own = asked("supervisor", "post", at + "approve/", CONFIRM | {"read_out": fingerprint(key)})
    approved = asked("officer", "post", at + "approve/", CONFIRM | {"read_out": fingerprint(key)})
    removed = asked("officer", "post", at + "remove/", CONFIRM)

    assert "It is proposed." in proposed.text_
    assert (wrong.status_code, own.status_code) == (422, 422)
    assert 'value="' + "0" * 64 in wrong.text_
    assert "The authority is approved." in approved.text_
    assert "The authority was removed from the list." in removed.text_


@pytest.mark.parametrize("changes", [{"key": "age1no-key"}, {"password": "other words"}])
def test_a_proposal_that_is_refused_stays_filled_in(asked, changes):
    key = str(pyrage.x25519.Identity.generate().to_public())
    typed = {"title": "Second Invented Court", "kind": "court", "key": key, "valid_until": (ON + 300 * DAY).isoformat()}  # fmt: skip

    page = asked("supervisor", "post", "/disclosures/authorities/", CONFIRM | typed | changes)

    assert page.status_code in {403, 422}
    assert 'value="Second Invented Court"' in page.text_
    assert f'value="{typed["valid_until"]}"' in page.text_
    assert not RequestingAuthority.objects.filter(title="Second Invented Court").exists()


def test_a_vault_that_stops_after_it_answered_takes_no_answer_from_the_page(asked, monkeypatch):
    from rollkeeper.vault.errors import VAULT_OUT_OF_REACH

    usual = client.ask

    def ask(operation, **values):
        if operation == "sign-out":
            raise VAULT_OUT_OF_REACH()
        return usual(operation, **values)

    monkeypatch.setattr(client, "ask", ask)

    answer = asked("officer", "post", f"/disclosures/{asked.instance.approved()}/answer/", CONFIRM | {
        "number": NUMBER, "held_on": ON.isoformat(), "second": "supervisor", "second_password": PASSWORD, "second_code": "",
    })  # fmt: skip

    assert answer.status_code == 200
    assert json.loads(pyrage.decrypt(answer.content, [asked.instance.key]))["fields"]


def test_a_vault_that_restarts_loses_nothing_that_was_typed(asked, monkeypatch):
    from rollkeeper.vault.errors import VAULT_OUT_OF_REACH

    def restarting(*_, **__):
        raise VAULT_OUT_OF_REACH()

    monkeypatch.setattr(client, "sign_in", restarting)

    page = asked("supervisor", "post", "/disclosures/enter/", entering(asked.instance))

    assert page.status_code == 503
    assert "The vault service does not answer" in page.text_
    assert f'value="{(ON + 90 * DAY).isoformat()}"' in page.text_


def test_a_session_with_the_vault_that_is_over_does_nothing_and_is_asked_for_again(asked):
    browser, at = Client(), f"/disclosures/{asked.instance.approved()}/"
    asked("officer", "post", at + "instrument/", CONFIRM, browser=browser)
    asked.sessions.clear()

    over = asked("officer", "post", at + "instrument/", {}, browser=browser)
    again = asked("officer", "get", at + "answer/", browser=browser)

    assert over.status_code == 403
    assert 'name="password"' in again.text_


def test_who_may_not_reaches_no_form(asked):
    disclosure_id = asked.instance.enter()

    for address in ("enter/", f"{disclosure_id}/answer/", f"{disclosure_id}/defer/", "authorities/"):
        assert asked("clerk", "get", "/disclosures/" + address).status_code == 403


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_are_drawn_in_every_language_and_name_no_command(asked, language):
    disclosure_id = asked.instance.approved()
    browser = Client(headers={"accept-language": language})

    for address in (
        "",
        "enter/",
        "authorities/",
        f"{disclosure_id}/",
        *(f"{disclosure_id}/{do}/" for do in ("answer", "defer", "delivered")),
    ):
        page = asked("officer", "get", "/disclosures/" + address, browser=browser)
        assert page.status_code == 200, address
        assert "rollkeeper " not in page.text_
