# SPDX-License-Identifier: EUPL-1.2
"""A passkey as the second proof: whose it is, when it is taken, and what a stranger learns from it."""

import json

import pytest

from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.settings import write_settings
from rollkeeper.portal.data_export import DataExport
from rollkeeper.subscribers.models import Subscriber
from tests.pages import text
from tests.portal.authenticator import PRESENT, Device
from tests.selfcare.people import PERSON, register_line

SECOND = "+8613908915678"
STRANGER = PERSON | {"document_number": "X7654321", "name": "Somebody Else"}


def options(browser, what):
    answer = browser.post(f"/passkeys/options/{what}/")
    return json.loads(answer.content)


def add(browser, device, key=None):
    wanted = options(browser, "new")["options"]
    return browser.post("/passkeys/add/", {"key": key or str(new_uuid()), "credential": device.made(wanted)})


def show(browser, device):
    return browser.post(
        "/passkeys/verify/", {"credential": device.shown(options(browser, "show")["options"])}
    )


def is_verified(browser):
    return browser.post("/personal-data/").status_code == 200


@pytest.fixture
def registered(come_in, prove):
    """A browser in whose session a passkey was added, and the device."""
    register_line()
    browser, device = come_in(), Device()
    prove()
    assert add(browser, device).headers["Location"] == "/passkeys/"
    return browser, device


def test_who_added_a_passkey_shows_by_it_who_they_are_in_the_next_session(registered, come_in):
    _, device = registered
    browser = come_in()
    before = is_verified(browser)

    answer = show(browser, device)

    assert not before
    assert answer.headers["Location"] == "/lines/"
    assert is_verified(browser)


def test_after_a_code_that_was_handed_over_a_passkey_alone_is_asked_for(registered, come_in):
    _, device = registered
    browser = come_in()
    run("UPDATE selfcare_portalsession SET is_limited = true")

    first, asked = text(browser.get("/lines/")), text(browser.get("/verify/"))

    assert 'href="/verify/">Show a passkey</a>' in first
    assert "document_number" not in asked
    assert "Show a passkey</button>" in asked
    assert show(browser, device).headers["Location"] == "/lines/"
    assert "document_number" in text(browser.get("/verify/"))


def test_a_passkey_is_added_only_after_the_second_proof(come_in):
    register_line()
    browser, device = come_in(), Device()

    asked = options(browser, "new")
    answer = browser.post(
        "/passkeys/add/", {"key": str(new_uuid()), "credential": device.made({"challenge": "AAAA"})}
    )

    assert "options" not in asked
    assert answer.headers["Location"] == "/verify/"
    assert not rows("SELECT FROM selfcare_passkey")


def test_a_passkey_of_somebody_else_shows_nothing_and_uses_up_a_try(come_in, prove):
    register_line()
    register_line(SECOND, STRANGER)
    theirs = Device()
    browser = come_in(SECOND)
    prove(STRANGER)
    add(browser, theirs)
    browser = come_in()

    answer = show(browser, theirs)

    assert answer.headers["Location"] == "/verify/"
    assert "Tries left in this session: 4" in text(browser.get("/verify/"))
    assert not is_verified(browser)
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'selfcare:session:not_verified'")) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://localhost.example"},
        {"origin": "https://shop.localhost"},
        {"origin": "http://localhost:8181"},
        {"is_framed": True},
        {"domain": "example.org"},
        {"flags": PRESENT},
    ],
    ids=[
        "another address",
        "another site of the domain",
        "an app of staff",
        "a frame",
        "another domain",
        "nobody was checked",
    ],
)
def test_what_was_signed_elsewhere_or_without_its_owner_is_not_taken(registered, come_in, wrong):
    _, device = registered
    browser = come_in()
    for name, value in wrong.items():
        setattr(device, name, value)

    show(browser, device)

    assert not is_verified(browser)


def test_an_answer_is_good_once_and_for_its_own_session(registered, come_in):
    browser, device = registered
    of_the_first = device.shown(options(browser, "show")["options"])
    come_in()
    options(browser, "show")

    browser.post("/passkeys/verify/", {"credential": of_the_first})
    elsewhere = is_verified(browser)
    said = device.shown(options(browser, "show")["options"])
    browser.post("/passkeys/verify/", {"credential": said})
    here = is_verified(browser)
    run("UPDATE selfcare_portalsession SET verified_at = NULL")
    browser.post("/passkeys/verify/", {"credential": said})

    assert (elsewhere, here, is_verified(browser)) == (False, True, False)


def test_a_counter_that_does_not_go_on_is_a_copy_and_shows_nobody(registered, come_in):
    _, device = registered
    browser = come_in()
    show(browser, device)
    device.count -= 1

    browser.post("/sign-out/")
    run("DELETE FROM selfcare_coderequest")
    browser = come_in()
    show(browser, device)

    assert not is_verified(browser)


def test_passkey_options_are_the_same_with_and_without_a_passkey(come_in, prove):
    def asked(number):
        found = options(come_in(number), "show")
        return found["options"] | {"challenge": ""}

    register_line()
    register_line(SECOND, STRANGER)
    without = asked(SECOND)
    browser = come_in()
    prove()
    add(browser, Device())
    run("DELETE FROM selfcare_coderequest")

    assert asked("+8613908911234") == without
    assert "allowCredentials" not in without


@pytest.mark.parametrize("wrong", [{"origin": "http://localhost:8181"}, {"is_framed": True}])
def test_a_passkey_that_was_made_elsewhere_is_not_added(registered, wrong):
    browser, _ = registered
    device = Device()
    for name, value in wrong.items():
        setattr(device, name, value)

    add(browser, device)

    assert len(rows("SELECT FROM selfcare_passkey")) == 1


def test_a_passkey_that_is_removed_shows_nobody_any_more(registered, come_in):
    browser, device = registered
    (held,) = rows("SELECT passkey_id FROM selfcare_passkey")

    answer = browser.post("/passkeys/remove/", {"key": str(new_uuid()), "passkey": str(held.passkey_id)})
    browser = come_in()
    show(browser, device)

    assert answer.headers["Location"] == "/passkeys/"
    assert not is_verified(browser)


def test_nobody_removes_the_passkey_of_somebody_else(registered, come_in, prove):
    (held,) = rows("SELECT passkey_id FROM selfcare_passkey")
    register_line(SECOND, STRANGER)
    browser = come_in(SECOND)
    prove(STRANGER)

    browser.post("/passkeys/remove/", {"key": str(new_uuid()), "passkey": str(held.passkey_id)})

    assert len(rows("SELECT FROM selfcare_passkey")) == 1


def test_the_fifth_is_taken_and_a_sixth_is_not(registered):
    browser, _ = registered
    for _ in range(4):
        add(browser, Device())

    assert len(rows("SELECT FROM selfcare_passkey")) == 5
    assert "options" not in options(browser, "new")


def test_a_form_sent_twice_adds_one(registered):
    browser, _ = registered
    device, key = Device(), str(new_uuid())

    answer = add(browser, device, key)
    again = add(browser, device, key)

    assert (answer.headers["Location"], again.headers["Location"]) == ("/passkeys/", "/passkeys/")
    assert len(rows("SELECT FROM selfcare_passkey")) == 2


def test_the_page_and_the_file_say_since_when_and_hold_no_key(registered):
    browser, device = registered

    page, whole = text(browser.get("/passkeys/")), json.loads(browser.post("/export/").content)

    assert "not yet" in page
    assert DataExport.model_validate(whole).passkeys[0].used_on is None
    assert device.name.hex() not in json.dumps(whole)


def test_without_a_domain_a_production_instance_takes_none(registered, monkeypatch):
    from rollkeeper.access import settings as domains
    from rollkeeper.kernel.instance import InstanceKind

    browser, _ = registered
    monkeypatch.setattr(domains, "InstanceKind", type("Kind", (), {"DEMO": InstanceKind.PRODUCTION}))

    assert domains.passkey_domain() is None
    assert "does not offer passkeys" in text(browser.get("/passkeys/"))
    assert "options" not in options(browser, "new")
    write_settings(access={"passkey_domain": "example.org"})
    assert domains.passkey_domain() == "example.org"
    write_settings(access={"passkey_domain": None})


def test_nonsense_is_no_passkey_and_breaks_nothing(registered):
    browser, _ = registered

    for said in ("", "{}", "[1]", "null", '{"id": 5}', "\x00", json.dumps({"id": "x", "response": {}})):
        options(browser, "new")
        answer = browser.post("/passkeys/add/", {"key": str(new_uuid()), "credential": said})
        assert answer.status_code == 302, said
        answer = browser.post("/passkeys/verify/", {"credential": said})
        assert answer.status_code == 302, said

    assert len(rows("SELECT FROM selfcare_passkey")) == 1


def test_who_is_erased_leaves_no_passkey(registered):
    from rollkeeper.kernel.database import sql

    Subscriber.objects.update(erased_on="2012-03-02")

    run(sql("selfcare", "delete_expired"))

    assert not rows("SELECT FROM selfcare_passkey")
