"""An attacker has the counter's database session and every file that it was given: what they can do to accounts."""

import base64
import datetime as dt
import json
import zlib

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client
from fido2.utils import websafe_encode

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import TooManyAttempts
from rollkeeper.access.models import SignInAttempt, Staff
from rollkeeper.access.passwords import TRIES
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff, sign_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.site.accounts import StaffMFAAdapter
from rollkeeper.site.web_apps import APPS
from tests.builders.staff import employ
from tests.portal.authenticator import Device
from tests.site.test_signing_in import PASSWORD, PERSON, code_of, with_authenticator_app
from tests.site.test_signing_in import sign_in as sign_in_at

DAY = dt.date(2012, 3, 2)
COUNTER, BACKOFFICE = (next(app for app in APPS if app.name == name) for name in ("counter", "backoffice"))
ONLY_AT_THE_COUNTER = COUNTER.opens_to - BACKOFFICE.opens_to


@pytest.fixture(autouse=True)
def _on_the_day(app):
    clock.set_demo_date(DAY)
    cache.clear()
    app("backoffice")


def account(*roles, signs_in=False):
    """An account; hashing a password takes long, and few of these sign in."""
    if signs_in:
        add_staff(console_authority(), username="somebody", password=PASSWORD, roles=roles, on=DAY)
        return Staff.objects.get(username="somebody")
    employ(*roles, username="somebody")
    return Staff.objects.get(username="somebody")


def with_app(staff, kind="totp"):
    data = {"secret": StaffMFAAdapter().encrypt("JBSWY3DPEHPK3PXP")}
    return Authenticator.objects.create(user=staff, type=kind, data=data)


def with_passkey(staff):
    return Authenticator.objects.create(user=staff, type="webauthn", data={"credential": {}})


def seen(statement, parameters=()):
    """Return what a statement gives or changes; None where it is refused."""
    try:
        with transaction.atomic():
            return (
                rows(statement, parameters) if statement.startswith("SELECT") else run(statement, parameters)
            )
    except DatabaseError:
        return None


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES (%s, 'webauthn', '{}', now())", "an own"),
        ("UPDATE mfa_authenticator SET data = '{}' WHERE user_id = %s", "another"),
        ("UPDATE mfa_authenticator SET user_id = %s", "somebody else's"),
        ("UPDATE mfa_authenticator SET type = 'recovery_codes' WHERE user_id = %s", "codes"),
        ("DELETE FROM mfa_authenticator WHERE user_id = %s", "none"),
        ("UPDATE access_staff SET password = 'x' WHERE staff_id = %s", "a password"),
        ("UPDATE access_staff SET is_active = true WHERE staff_id = %s", "a closed account"),
        ("INSERT INTO access_rolegrant (grant_id, staff_id, role, since) VALUES (uuidv7(), %s, 'administrator', now())", "a role"),
        ("UPDATE access_rolegrant SET role = 'administrator' WHERE staff_id = %s", "a better role"),
        ("INSERT INTO account_emailaddress (user_id, email, verified, \"primary\") VALUES (%s, 'a@b.example', true, true)", "an address"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("role", [StaffRole.CLERK, StaffRole.SUPERVISOR, StaffRole.ADMINISTRATOR])
def test_the_counter_gives_nobody_a_way_in(as_role, statement, what, role):
    staff = account(role)
    with_app(staff), with_passkey(staff)

    with as_role("counter"):
        done = seen(statement, [staff.staff_id])

    assert done is None, what


@pytest.mark.parametrize("role", sorted(COUNTER.opens_to | BACKOFFICE.opens_to))
def test_the_counter_reads_app_secrets_of_counter_only_staff_alone(as_role, role):
    staff = account(role)
    with_app(staff), with_app(staff, "recovery_codes"), with_passkey(staff)

    with as_role("counter"):
        read = {row.type for row in rows("SELECT type, data FROM mfa_authenticator")}

    app = {"totp"} if role in ONLY_AT_THE_COUNTER else set()
    assert read == ({"webauthn"} if role in COUNTER.opens_to else set()) | app


def test_a_clerk_who_is_made_supervisor_is_hidden_from_that_moment(as_role):
    with_app(account(StaffRole.CLERK, StaffRole.SUPERVISOR))

    with as_role("counter"):
        assert not rows("SELECT FROM mfa_authenticator")


@pytest.mark.parametrize("role", sorted(COUNTER.opens_to | BACKOFFICE.opens_to))
def test_the_counter_reads_the_password_hashes_of_its_own_staff_alone(as_role, role):
    staff = account(role)

    with as_role("counter"):
        read = rows("SELECT password, salt FROM access_secrets_of(%s)", [staff.staff_id])

    assert bool(read) == (role in COUNTER.opens_to)


def test_no_app_sees_or_ends_the_sessions_of_another(as_role):
    statements = (
        "SELECT session_data FROM django_session", "DELETE FROM django_session",
        "UPDATE django_session SET expire_date = now() - interval '1 day'",
    )  # fmt: skip
    begun = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', now() + interval '1 hour')"
    with as_role("backoffice"):
        run(begun, ["of the back office"])

    with as_role("counter"):
        got = [seen(statement) for statement in statements]
        run(begun, ["of the counter"])
        own = [seen(statement) for statement in statements]

    assert got == [[], 0, 0]
    assert (len(own[0]), *own[1:]) == (1, 1, 0)
    assert [row.session_key for row in rows("SELECT session_key FROM django_session")] == [
        "of the back office"
    ]


def test_signing_everybody_out_ends_the_sessions_of_every_app(as_role):
    from rollkeeper.access.services import sign_out_everyone

    for role in ("backoffice", "counter"):
        with as_role(role):
            run("INSERT INTO django_session VALUES (%s, '', now() + interval '1 hour')", [role])

    with as_role("worker"):
        sign_out_everyone()

    assert Session.objects.count() == 0


def test_the_secret_of_an_app_that_is_being_added_does_not_lie_open_in_the_session():
    account(StaffRole.SUPERVISOR, signs_in=True)
    client = Client()
    sign_in_at(client, username="somebody")
    client.post("/account/reauthenticate/", {"password": PASSWORD}, **PERSON)
    page = client.get("/account/2fa/totp/activate/", **PERSON).content.decode()
    secret = page.split('id="authenticator_secret"')[1].split('value="')[1].split('"')[0]

    kept = [opened_by_nobody(row.session_data) for row in Session.objects.all()]

    assert secret.isalnum()
    assert kept
    assert not [text for text in kept if secret.encode() in text]


def opened_by_nobody(text):
    """Read a session as anybody may who has its row: packed, but under no key."""
    body = text.split(":")[0]
    raw = base64.urlsafe_b64decode(body.lstrip(".") + "=" * (-len(body.lstrip(".")) % 4))
    return zlib.decompress(raw) if body.startswith(".") else raw


def test_tries_at_the_backoffice_are_not_forgiven_by_the_counter(as_role):
    account(StaffRole.SUPERVISOR, signs_in=True)
    for _ in range(TRIES):
        with as_role("backoffice"), pytest.raises(Exception, match="wrong"):
            sign_in("somebody", "wrong wrong wrong")

    with as_role("counter"):
        forgiven = [
            seen(what) for what in ("DELETE FROM access_attempt", "UPDATE access_attempt SET tries = 0")
        ]
        sign_in("somebody", PASSWORD)

    assert forgiven == [0, 0]
    assert (
        SignInAttempt.objects.filter(counted_by="backoffice", tries=TRIES).count() == 4
    )  # name and source, name, source, all
    with as_role("backoffice"), pytest.raises(TooManyAttempts):
        sign_in("somebody", PASSWORD)


def test_a_supervisor_with_an_app_alone_does_not_come_in_at_a_production_counter(app, as_role, monkeypatch):
    from rollkeeper.kernel.instance import Instance, InstanceKind
    from rollkeeper.site import access_middleware

    account(StaffRole.SUPERVISOR, signs_in=True)
    with_authenticator_app("somebody")
    monkeypatch.setattr(access_middleware, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))
    app("counter")
    client = Client()

    with as_role("counter"):
        sign_in_at(client, username="somebody")
        page = client.get("/", **PERSON)

    assert page.status_code == 403
    assert "passkey" in page.content.decode()


def test_the_app_of_a_clerk_opens_the_counter_in_its_own_role_and_marks_when(app, as_role):
    staff = account(StaffRole.CLERK, signs_in=True)
    secret = with_authenticator_app("somebody")
    app("counter")
    client = Client()

    with as_role("counter"):
        sign_in_at(client, username="somebody")
        client.post("/account/2fa/authenticate/", {"code": code_of(secret)}, **PERSON)
        status = client.get("/", **PERSON).status_code

    assert status == 200
    assert Authenticator.objects.get(user=staff, type="totp").last_used_at


def shown_at(client, device, staff, address):
    """Show a passkey to an app as a browser would, and return whether that let one in."""
    page = client.get(address, HTTP_ACCEPT="application/json").json()
    asked = page["request_options"] if "request_options" in page else page["data"]["request_options"]
    said = json.loads(device.shown(asked["publicKey"]))
    said["response"]["userHandle"] = websafe_encode(user_pk_to_url_str(staff).encode())
    said["clientExtensionResults"] = {}
    client.post(address, {"credential": json.dumps(said)}, **PERSON)
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("origin", "comes_in"),
    [
        ("http://testserver", True),
        ("http://testserver:8001", False),
        ("http://counter.testserver", False),
        ("https://testserver", False),
    ],
)
def test_a_passkey_shown_on_the_page_of_one_app_opens_no_other(origin, comes_in):
    staff = account(StaffRole.SUPERVISOR)
    device = Device(origin="http://testserver", domain="testserver")
    made = json.loads(device.made({"challenge": websafe_encode(b"0" * 32)}))
    made["clientExtensionResults"] = {"credProps": {"rk": True}}
    Authenticator.objects.create(user=staff, type="webauthn", data={"name": "own", "credential": made})

    device.origin = origin

    assert shown_at(Client(), device, staff, "/account/2fa/webauthn/login/") is comes_in
