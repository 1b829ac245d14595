"""Signing in on our pages: password, authenticator app, attempts, forms that are not ours."""

import datetime as dt
import json
import re
import time
from types import SimpleNamespace

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import flows
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from fido2.utils import websafe_encode

from rollkeeper.access import client_address as client_address_module
from rollkeeper.access import passwords
from rollkeeper.access.authority import console_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.site import access_middleware
from tests.builders.authenticators import AuthenticatorApp
from tests.portal.authenticator import PRESENT, VERIFIED, Device

PASSWORD = "seven plain words of nothing"
DAY = dt.date(2012, 3, 2)
PERSON = {"HTTP_ACCEPT": "text/html"}


@pytest.fixture(autouse=True)
def _an_auditor(app):
    clock.set_demo_date(DAY)
    cache.clear()
    app("backoffice")
    add_staff(console_authority(), username="auditor-1", password=PASSWORD, roles=[StaffRole.AUDITOR], on=DAY)


def sign_in(client, password=PASSWORD, username="auditor-1"):
    return client.post("/account/login/", {"login": username, "password": password}, **PERSON)


def is_in(client):
    return client.get("/line/", **PERSON).status_code == 200


def test_user_name_and_password_let_one_in():
    client = Client()

    answer = sign_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert is_in(client)


def test_one_comes_back_to_the_page_one_asked_for():
    client = Client()
    asked = client.get("/line/", **PERSON).headers["Location"]

    answer = client.post(asked, {"login": "auditor-1", "password": PASSWORD, "next": "/line/"}, **PERSON)

    assert answer.headers["Location"] == "/line/"


def test_nobody_is_sent_to_a_strange_place_after_signing_in():
    answer = Client().post(
        "/account/login/",
        {"login": "auditor-1", "password": PASSWORD, "next": "https://thief.example/"},
        **PERSON,
    )

    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("username", ["auditor-1", "nobody"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_page(username):
    client = Client()

    answer = sign_in(client, "wrong wrong wrong", username)

    assert answer.status_code == 200
    assert "not correct" in answer.content.decode()
    assert "<title>Error: Sign in" in answer.content.decode()
    assert "wrong wrong wrong" not in answer.content.decode()
    assert not is_in(client)


def test_too_many_attempts_are_refused_as_such_even_with_the_right_password():
    for _ in range(5):
        sign_in(Client(), "wrong wrong wrong")

    client = Client()
    answer = sign_in(client)

    assert "Too many failed login attempts" in answer.content.decode()
    assert not is_in(client)


def test_signing_out_ends_the_session():
    client = Client()
    sign_in(client)

    client.post("/account/logout/", **PERSON)

    assert not is_in(client)


def test_a_form_without_its_mark_is_refused_and_does_nothing():
    client = Client(enforce_csrf_checks=True)

    answer = sign_in(client)

    assert answer.status_code == 403
    assert "nothing was done" in answer.content.decode()
    assert not is_in(client)


def test_a_form_with_its_mark_is_taken():
    client = Client(enforce_csrf_checks=True)
    page = client.get("/account/login/", **PERSON).content.decode()
    mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)

    client.post(
        "/account/login/",
        {"login": "auditor-1", "password": PASSWORD, "csrfmiddlewaretoken": mark},
        **PERSON,
    )

    assert is_in(client)


def code_of(secret):
    if (left := 30 - time.time() % 30) < 2:  # it is read within its half minute
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def proven(username="auditor-1"):
    """A client that has just given its password a second time."""
    client = Client()
    sign_in(client, username=username)
    client.post("/account/reauthenticate/", {"password": PASSWORD}, **PERSON)
    return client


def with_authenticator_app(username="auditor-1"):
    client = proven(username)
    page = client.get("/account/2fa/totp/activate/", **PERSON).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)
    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}, **PERSON)
    cache.clear()  # a code is good once; the next sign-in comes within the same half minute
    return secret


def test_an_authenticator_app_is_asked_for_from_then_on():
    secret = with_authenticator_app()
    client = Client()

    first = sign_in(client)
    before = is_in(client)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)}, **PERSON)

    assert first.headers["Location"] == "/account/2fa/authenticate/"
    assert not before
    assert is_in(client)


@pytest.fixture
def in_production(monkeypatch):
    monkeypatch.setattr(access_middleware, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))


@pytest.mark.parametrize("app_name", ["backoffice", "counter"])
def test_a_session_begun_by_a_password_alone_opens_nothing_once_there_is_a_factor(
    in_production, app, as_role, app_name
):
    role, page = {"backoffice": (StaffRole.AUDITOR, "/line/"), "counter": (StaffRole.CLERK, "/")}[app_name]
    add_staff(console_authority(), username="clerk-1", password=PASSWORD, roles=[role], on=DAY)
    app(app_name)
    thief = Client()
    with as_role(app_name):
        sign_in(thief, username="clerk-1")
    app("backoffice")
    secret = with_authenticator_app("clerk-1")
    app(app_name)

    with as_role(app_name):
        thief.post("/account/reauthenticate/", {"password": PASSWORD}, **PERSON)
        before = thief.get(page, **PERSON)
        machine = thief.get(page, HTTP_ACCEPT="application/json").status_code
        thief.post("/account/2fa/reauthenticate/", {"code": code_of(secret)}, **PERSON)
        after = thief.get(page, **PERSON)

    assert before.headers.get("Location") == f"/account/2fa/reauthenticate/?next={page}"
    assert (machine, after.status_code) == (403, 200)


@pytest.mark.parametrize(
    "address",
    [
        "/account/2fa/",
        "/account/2fa/totp/deactivate/",
        "/account/2fa/webauthn/add/",
        "/account/2fa/recovery-codes/",
        "/account/password/change/",
        "/account/sessions/",
    ],
)
def test_such_a_session_changes_no_factor_and_no_password(in_production, address):
    thief = proven()
    with_authenticator_app()

    answers = [thief.get(address, **PERSON), thief.post(address, {}, **PERSON)]

    assert {one.headers.get("Location", "-").split("?")[0] for one in answers} == {
        "/account/2fa/reauthenticate/"
    }
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()


def test_the_session_that_adds_a_factor_goes_on(in_production, monkeypatch):
    monkeypatch.setattr(
        flows, "transaction", SimpleNamespace(on_commit=lambda do: do())
    )  # a test commits nothing
    client = proven()
    page = client.get("/account/2fa/totp/activate/", **PERSON).content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page).group(1)

    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)}, **PERSON)

    assert is_in(client)


def test_who_removes_a_factor_signs_out_who_came_in_by_it():
    secret = with_authenticator_app()
    thief, owner = Client(), Client()
    for one in (thief, owner):
        sign_in(one)
        one.post("/account/2fa/authenticate/", {"code": code_of(secret)}, **PERSON)
        cache.clear()
        Authenticator.objects.update(last_used_at=None)  # as half a minute later, by another code
    owner.post("/account/reauthenticate/", {"password": PASSWORD}, **PERSON)
    before = is_in(thief), is_in(owner)

    owner.post("/account/2fa/totp/deactivate/", {}, **PERSON)

    assert not Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    assert (before, is_in(thief), is_in(owner)) == ((True, True), False, True)


def test_a_wrong_code_lets_nobody_in():
    secret = with_authenticator_app()
    client = Client()
    sign_in(client)

    client.post(
        "/account/2fa/authenticate/", {"code": str((int(code_of(secret)) + 1) % 10**6).zfill(6)}, **PERSON
    )

    assert not is_in(client)


def test_the_secret_of_an_authenticator_app_does_not_lie_open():
    secret = with_authenticator_app()

    kept = str(Authenticator.objects.get(type=Authenticator.Type.TOTP).data)

    assert secret not in kept


def test_recovery_codes_do_not_lie_open_either():
    with_authenticator_app()

    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES).data

    assert len(kept["seed"]) > 64


def with_passkey(username, flags):
    """Return the device of a new auditor, whose key is kept."""
    add_staff(console_authority(), username=username, password=PASSWORD, roles=[StaffRole.AUDITOR], on=DAY)
    device = Device("http://testserver", "testserver", flags)
    made = json.loads(device.made({"challenge": ""}))
    WebAuthn.add(Staff.objects.get(username=username), "key", made)
    return device


def shown_as(device, username, client):
    """What a browser would send for a device that answers the challenge of this client, in the name of an account."""
    said = json.loads(device.shown(client.session["mfa.webauthn.state"]))
    said["response"]["userHandle"] = websafe_encode(
        user_pk_to_url_str(Staff.objects.get(username=username)).encode()
    )
    return json.dumps(said)


@pytest.mark.parametrize(("flags", "is_let"), [(PRESENT | VERIFIED, True), (PRESENT, False)])
def test_a_key_alone_signs_in_who_unlocked_it_and_no_one_else(flags, is_let):
    device, client = with_passkey("auditor-2", flags), Client()
    client.get("/account/2fa/webauthn/login/", headers={"X-Requested-With": "XMLHttpRequest"})

    client.post(
        "/account/2fa/webauthn/login/", {"credential": shown_as(device, "auditor-2", client)}, **PERSON
    )

    assert is_in(client) is is_let


def test_a_colleagues_key_that_is_not_unlocked_signs_in_no_one_by_ones_own_challenge():
    device, client = with_passkey("auditor-2", PRESENT), Client()
    AuthenticatorApp("auditor-1")
    sign_in(client)  # with their own password, as far as the second step
    client.get("/account/2fa/authenticate/", **PERSON)

    session = client.session  # and waits until the second step is over
    session["account_login"] = session["account_login"] | {"initiated_at": time.time() - 3600}
    session.save()
    client.post(
        "/account/2fa/webauthn/login/", {"credential": shown_as(device, "auditor-2", client)}, **PERSON
    )

    assert not is_in(client)


def test_a_key_that_is_not_unlocked_is_a_second_factor_behind_its_owners_password():
    device, client = with_passkey("auditor-2", PRESENT), Client()
    sign_in(client, username="auditor-2")
    client.get("/account/2fa/authenticate/", **PERSON)

    client.post("/account/2fa/authenticate/", {"credential": shown_as(device, "auditor-2", client)}, **PERSON)

    assert is_in(client)


def test_adding_a_passkey_starts_a_ceremony_for_this_host():
    client = proven()

    page = client.get("/account/2fa/webauthn/add/", **PERSON).content.decode()

    assert '"publicKey"' in page
    assert '"id": "testserver"' in page or '"id":"testserver"' in page


@pytest.mark.parametrize(("language", "label"), [("en", "Name"), ("zh-hans", "名称"), ("bo", "མིང་།")])
def test_the_name_of_a_passkey_is_asked_for_in_the_language_of_the_page(language, label):
    page = (
        proven().get("/account/2fa/webauthn/add/", **PERSON, HTTP_ACCEPT_LANGUAGE=language).content.decode()
    )

    assert label in re.search(r'<label[^>]* for="id_name">(.*?)</label>', page, re.DOTALL)[1]
    assert 'maxlength="100"' in page


def test_staff_prove_who_they_are_again_before_changing_a_second_factor():
    client = Client()
    sign_in(client)

    answer = client.get("/account/2fa/totp/activate/", **PERSON)

    assert answer.headers["Location"].startswith("/account/reauthenticate/")


def test_that_proof_does_not_last():
    client = proven()
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] = time.time() - 301
    session.modified = True
    session.save()

    answer = client.get("/account/2fa/totp/activate/", **PERSON)

    assert answer.headers["Location"].startswith("/account/reauthenticate/")


def test_the_counter_asks_for_the_app_too_in_its_own_role(app, as_role):
    add_staff(console_authority(), username="clerk-1", password=PASSWORD, roles=[StaffRole.CLERK], on=DAY)
    secret = with_authenticator_app("clerk-1")
    app("counter")
    client = Client()

    with as_role("counter"):
        first = sign_in(client, username="clerk-1")
        client.post("/account/2fa/authenticate/", {"code": code_of(secret)}, **PERSON)
        page = client.get("/", **PERSON)

    assert first.headers["Location"] == "/account/2fa/authenticate/"
    assert page.status_code == 200


@pytest.mark.parametrize("then", ["counter", "backoffice"])
def test_a_code_that_was_shown_at_the_counter_opens_nothing_more(app, as_role, then):
    add_staff(console_authority(), username="clerk-1", password=PASSWORD, roles=[StaffRole.CLERK], on=DAY)
    secret = with_authenticator_app("clerk-1")
    came_in, code = [], code_of(secret)

    for name in ("counter", then):
        app(name)
        client = Client()
        with as_role(name):
            sign_in(client, username="clerk-1")
            client.post("/account/2fa/authenticate/", {"code": code}, **PERSON)
            came_in.append(client.get("/account/sessions/", **PERSON).status_code == 200)
        cache.clear()  # as in the process of another app

    assert came_in == [True, False]


def test_a_recovery_code_opens_the_backoffice_once_and_no_counter(app, as_role):
    add_staff(console_authority(), username="clerk-1", password=PASSWORD, roles=[StaffRole.CLERK], on=DAY)
    with_authenticator_app("clerk-1")
    kept = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    code = kept.wrap().get_unused_codes()[0]
    pages, opened = {"counter": "/", "backoffice": "/account/2fa/"}, []

    for role in ("counter", "backoffice", "backoffice"):
        app(role)
        client = Client()
        with as_role(role):
            sign_in(client, username="clerk-1")
            client.post("/account/2fa/authenticate/", {"code": code}, **PERSON)
            opened.append(client.get(pages[role], **PERSON).status_code == 200)

    assert opened == [False, True, False]


def sign_in_from(source, password=PASSWORD, username="auditor-1"):
    return Client(REMOTE_ADDR=source).post(
        "/account/login/", {"login": username, "password": password}, **PERSON
    )


def test_a_stranger_at_another_address_locks_nobody_out():
    for _ in range(12):
        sign_in_from("203.0.113.66", "wrong wrong wrong")

    assert sign_in_from("203.0.113.7").status_code == 302


@pytest.fixture
def by_proxy(monkeypatch):
    """Sign in through the proxy of a production instance, which names the client's address last."""
    real = client_address_module.instance()
    monkeypatch.setattr(
        client_address_module, "instance", lambda: real.model_copy(update={"kind": InstanceKind.PRODUCTION})
    )

    def signs_in(client, password=PASSWORD, username="auditor-1"):
        return Client(REMOTE_ADDR="127.0.0.1").post(
            "/account/login/",
            {"login": username, "password": password},
            HTTP_X_FORWARDED_FOR=f"203.0.113.7, {client}",
            **PERSON,
        )

    return signs_in


def test_behind_the_proxy_clients_are_told_apart_by_what_the_proxy_says(by_proxy):
    for nth in range(10):
        by_proxy("203.0.113.66", "wrong wrong wrong", f"name-{nth}")
    for _ in range(6):
        by_proxy("203.0.113.66", "wrong wrong wrong")

    assert by_proxy("203.0.113.66").status_code == 200
    assert by_proxy("203.0.113.7").status_code == 302


def test_behind_the_proxy_a_stranger_uses_up_the_attempts_of_no_one_else(by_proxy, monkeypatch):
    limits = settings.ACCOUNT_RATE_LIMITS
    assert limits["login"] == "120/m/ip"
    monkeypatch.setattr(settings, "ACCOUNT_RATE_LIMITS", limits | {"login": "12/m/ip"})

    said = [by_proxy("203.0.113.66", "wrong wrong wrong", f"name-{nth}").status_code for nth in range(13)]

    assert said == [200] * 12 + [429]
    assert by_proxy("203.0.113.7").status_code == 302


def test_thirty_one_people_of_one_address_sign_in_within_a_minute():
    assert {sign_in_from("203.0.113.9").status_code for _ in range(31)} == {302}


def test_guessing_from_many_addresses_is_stopped_but_not_for_where_the_name_is_known():
    sign_in_from("203.0.113.7")
    for nth in range(32):
        sign_in_from(f"198.51.100.{nth}", "wrong wrong wrong")

    assert sign_in_from("198.51.100.200").status_code == 200
    assert sign_in_from("203.0.113.7").status_code == 302


def test_one_address_cannot_try_names_without_end(monkeypatch):
    assert passwords.TRIES_PER_SOURCE == 100
    monkeypatch.setattr(passwords, "TRIES_PER_SOURCE", 10)

    statuses = [sign_in_from("203.0.113.66", "wrong wrong wrong", f"name-{nth}") for nth in range(12)]

    assert "Too many failed login attempts" in statuses[-1].content.decode()
    assert "Too many failed login attempts" not in statuses[0].content.decode()
