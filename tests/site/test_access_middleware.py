"""The gate: every address of every app requires a sign-in and a role, but for a few that are named here."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from rollkeeper.access.authority import console_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import STAFF_ROLES, StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.site import access_middleware
from rollkeeper.site.sessions import SessionStore
from rollkeeper.site.web_apps import APPS as ALL_APPS
from tests.builders.staff import enter

APPS = [app for app in ALL_APPS if app.is_staffs]
"""The portal is no app of the staff's; its own gate is tested at the end."""
PASSWORD = "seven plain words of nothing"
DAY = dt.date(2012, 3, 2)
OPEN = {
    "healthz",
    "readyz",  # names parts of the installation, no value; the proxy keeps it from outside
    "documentation",
    "documentation_page",  # the pages of docs/ that every copy of the program has
    "law",  # the law that is obeyed, public; no value of anybody
    "check_receipt",  # one file that asks this server nothing: to check a receipt
    "service_worker",  # a script of this app's, the same for everybody; a browser fetches it without the session
    "manifest",  # how the app is installed: its name and its mark
    "set_language",
    "home_page",
    "other_app",  # leads to another app, whose own gate is closed
    "account_login",
    "invitation",  # where a person without a password yet uses a code that is good once
    "account_logout",
    "account_inactive",
    "mfa_authenticate",
    "mfa_login_webauthn",
}
"""The public addresses: the review of a new one must say why."""
PERSON = {"HTTP_ACCEPT": "text/html"}


def routes(resolver=None, prefix=""):
    """Return (name, address) of each route, with made-up values for its parameters."""
    found = []
    for pattern in (resolver or get_resolver()).url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern, address)
        elif isinstance(pattern, URLPattern):
            found.append((pattern.name, filled(address)))
    return found


def filled(address):
    """Put a made-up value into each place of an address; of alternatives take the first."""
    address = re.sub(r"\(\?P<\w+>([^|)]+)[^)]*\)", r"\1", address).replace("[^/]+", "some")
    address = address.replace("^", "").replace("$", "")
    address = address.replace("[a-z]+", "some")
    return "/" + re.sub(r"<(\w+):\w+>", lambda m: str(uuid4()) if m[1] == "uuid" else "1", address)


def staff_with(*roles, username="somebody"):
    add_staff(console_authority(), username=username, password=PASSWORD, roles=roles, on=DAY)
    client = Client()
    enter(client, username)
    return client


@pytest.fixture(autouse=True)
def _on_the_day():
    clock.set_demo_date(DAY)


@pytest.mark.parametrize("name", [app.name for app in APPS])
def test_every_address_sends_a_stranger_to_the_sign_in_page(app, name):
    app(name)

    answers = {address: Client().get(address, **PERSON) for route, address in routes() if route not in OPEN}

    assert {a.headers.get("Location", "-").split("?")[0] for a in answers.values()} <= {"/account/login/"}
    assert {a.status_code for a in answers.values()} <= {302}


@pytest.mark.parametrize("name", [app.name for app in APPS])
def test_every_address_tells_a_strange_machine_what_is_missing(app, name):
    app(name)

    answers = [
        Client().post(address, HTTP_ACCEPT="application/json")
        for route, address in routes()
        if route not in OPEN
    ]

    assert {answer.status_code for answer in answers} <= {401}
    assert {answer["Content-Type"] for answer in answers} <= {"application/problem+json"}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", [app.name for app in APPS])
def test_every_address_refuses_staff_without_a_role_for_this_app(app, name, method):
    app(name)
    client = staff_with()

    answers = {
        address: getattr(client, method)(address, **PERSON).status_code
        for route, address in routes()
        if route not in OPEN and not address.startswith("/account/")
    }

    assert set(answers.values()) <= {403}


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_a_role_opens_its_own_apps_and_no_other(app, role):
    client = staff_with(role)
    opened = set()

    for one in APPS:
        app(one.name)
        if client.get("/campaign/" if one.name == "backoffice" else "/", **PERSON).status_code != 403:
            opened.add(one.name)

    assert opened
    assert opened == {one.name for one in APPS if role in one.opens_to}


def test_a_role_that_ended_yesterday_opens_nothing_today(app):
    app("backoffice")
    client = staff_with(StaffRole.AUDITOR)
    seen = []

    for role_until in (DAY, DAY - dt.timedelta(days=1)):
        Staff.objects.get().grants.update(until=role_until)
        seen.append(client.get("/line/", **PERSON).status_code)

    assert seen == [200, 403]


def test_a_closed_account_is_out_at_once(app):
    app("backoffice")
    client = staff_with(StaffRole.AUDITOR)

    Staff.objects.update(is_active=False)

    assert client.get("/line/", **PERSON).status_code == 302


@override_settings(SESSION_SAVE_EVERY_REQUEST=True)
@pytest.mark.parametrize(("accept", "status"), [("text/html", 302), ("application/json", 401)])
def test_a_session_that_ends_while_its_request_is_under_way_answers_nobody(app, monkeypatch, accept, status):
    app("counter")
    client = staff_with(StaffRole.CLERK)
    save = SessionStore.save

    def too_late(session, **how):
        Session.objects.all().delete()
        save(session, **how)

    monkeypatch.setattr(SessionStore, "save", too_late)
    answer = client.get("/register/", HTTP_ACCEPT=accept)

    assert answer.status_code == status
    assert b"subscriber__name" not in answer.content


def test_a_production_instance_asks_for_a_second_factor_before_anything_else(app, monkeypatch):
    app("backoffice")
    client = staff_with(StaffRole.AUDITOR)
    monkeypatch.setattr(access_middleware, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))

    answers = [client.get(address, **PERSON) for address in ("/line/", "/campaign/", f"/batches/{uuid4()}/")]

    assert {answer.headers["Location"] for answer in answers} == {"/account/2fa/"}
    assert client.get("/account/2fa/", **PERSON).status_code == 200


def test_a_demo_instance_does_not_ask_for_a_second_factor(app):
    app("backoffice")

    assert staff_with(StaffRole.AUDITOR).get("/line/", **PERSON).status_code == 200


def test_the_counter_sends_staff_without_a_second_factor_to_the_backoffice(app, monkeypatch):
    app("counter")
    client = staff_with(StaffRole.CLERK)
    monkeypatch.setattr(access_middleware, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))

    answer = client.get("/", **PERSON)

    assert answer.status_code == 403
    assert "second factor" in answer.content.decode()


def test_passwords_and_second_factors_are_changed_at_the_backoffice_alone(app):
    app("counter")
    at_counter = {route for route, _ in routes()}
    app("backoffice")
    at_backoffice = {route for route, _ in routes()}

    assert "account_change_password" not in at_counter
    assert {name for name in at_counter if name.startswith("mfa")} == {
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    }
    assert {"account_change_password", "mfa_activate_totp", "mfa_add_webauthn"} <= at_backoffice
    assert not {name for name in at_backoffice | at_counter if name and ("signup" in name or "reset" in name)}


def test_a_visitor_sent_to_sign_in_takes_no_value_along(app):
    app("counter")

    answer = Client().get("/register/?name=Invented+Person&kind=minor", **PERSON)

    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/register/"


def test_the_portal_sends_who_has_no_session_to_sign_in(app):
    app("portal")
    open_here = OPEN | {"sign_in", "code", "letter"}  # who is cut off asks for a letter before a code came

    answers = [Client().get(address, **PERSON) for route, address in routes() if route not in open_here]

    assert {(a.status_code, a.headers.get("Location")) for a in answers} == {(302, "/")}


def test_who_sends_a_form_without_a_session_is_told_that_it_has_ended(app):
    app("portal")

    sent = Client(HTTP_ACCEPT="text/html").post("/do/pause/", {}, follow=True)
    asked = Client(HTTP_ACCEPT="text/html").get("/do/pause/", follow=True)

    assert [one.redirect_chain for one in (sent, asked)] == [[("/", 302)]] * 2
    assert "Your session has ended, and what you sent was not recorded." in sent.content.decode()
    assert "Your session has ended" not in asked.content.decode()


@pytest.mark.parametrize("serving", ["counter", "backoffice"])
def test_staff_who_send_a_form_without_a_session_are_told_that_nothing_was_done(app, serving):
    app(serving)
    address = {"counter": "/pause/", "backoffice": "/line/"}[serving]

    sent = Client(HTTP_ACCEPT="text/html").post(address, {}, follow=True)
    asked = Client(HTTP_ACCEPT="text/html").get(address, follow=True)

    assert "Your session has ended, and nothing was recorded." in sent.content.decode()
    assert "Your session has ended" not in asked.content.decode()


def test_nobody_of_the_staff_signs_in_at_the_portal(app):
    app("portal")

    assert not [route for route, _ in routes() if route and route.startswith(("account_", "mfa_"))]
