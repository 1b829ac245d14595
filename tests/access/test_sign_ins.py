"""What the ledger says of attempts to sign in, and what their owner is told."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from rollkeeper.access import passwords
from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import NotSignedIn, TooManyAttempts
from rollkeeper.access.models import Staff
from rollkeeper.access.passwords import staff_with
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff, commitment_of, sign_in
from rollkeeper.access.sign_ins import last_sign_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from tests.site.test_signing_in import DAY, PASSWORD, PERSON, code_of, with_authenticator_app

NAME = "auditor-1"


@pytest.fixture(autouse=True)
def _an_auditor(app):
    clock.set_demo_date(DAY)
    cache.clear()
    app("backoffice")
    add_staff(console_authority(), username=NAME, password=PASSWORD, roles=[StaffRole.AUDITOR], on=DAY)


def attempt(password=PASSWORD, username=NAME, address="127.0.0.5"):
    client = Client(REMOTE_ADDR=address)
    client.answer = client.post("/account/login/", {"login": username, "password": password}, **PERSON)
    return client


def recorded():
    """Outcome, app and class of source of each attempt, as the ledger says."""
    found = rows("SELECT body FROM ledger_entry WHERE verb = 'access:sign_in:attempted' ORDER BY entry_id")
    facts = [json.loads(row.body)["facts"] for row in found]
    return [(one["outcome"], one["app"], one["source"]) for one in facts]


def test_right_and_wrong_passwords_are_recorded_with_account_app_and_class_of_source():
    attempt("wrong wrong wrong")
    attempt()
    attempt()

    assert recorded() == [
        ("wrong_password", "backoffice", "new"),
        ("succeeded", "backoffice", "new"),
        ("succeeded", "backoffice", "known"),
    ]
    staff = commitment_of(Staff.objects.get(username=NAME).staff_id)
    bodies = [
        row.body
        for row in rows(
            "SELECT body FROM ledger_entry WHERE verb = 'access:sign_in:attempted' ORDER BY entry_id"
        )
    ]
    assert all(json.loads(body)["facts"]["staff"] == staff for body in bodies)
    assert json.loads(bodies[0])["actor"] != staff
    assert not [body for body in bodies if "127.0.0" in body or NAME in body]


def test_what_is_refused_at_the_limit_is_recorded_once():
    for _ in range(9):
        attempt("wrong wrong wrong")

    assert [outcome for outcome, _, _ in recorded()] == ["wrong_password"] * 5 + ["limit_reached"]


UNKNOWN = "no-account-of-ours"


@pytest.mark.parametrize("tries", [1, 5, 6, 9])
def test_the_published_ledger_does_not_tell_which_accounts_exist(tries):
    """Who tries a name and counts the leaves of class `staff` that come within the minute learns nothing."""
    counts = []
    for name, address in ((NAME, "127.0.0.6"), (UNKNOWN, "127.0.0.7")):
        before = len(recorded())
        for _ in range(tries):
            attempt("wrong wrong wrong", username=name, address=address)
        counts.append(recorded()[before:])

    assert counts[0] == counts[1]


def test_names_that_no_account_has_do_not_fill_the_ledger(monkeypatch):
    monkeypatch.setattr(passwords, "TRIES_ENTERED", 3)

    for nth in range(5):
        attempt("wrong wrong wrong", username=f"{UNKNOWN}-{nth}", address=f"127.0.1.{nth}")
    attempt("wrong wrong wrong")

    assert len(recorded()) == 4


def test_tries_that_are_refused_unread_do_not_use_up_what_is_entered(monkeypatch):
    monkeypatch.setattr(passwords, "TRIES_ENTERED", 4)
    monkeypatch.setattr(passwords, "TRIES_PER_SOURCE", 2)
    for nth in range(6):
        attempt("wrong wrong wrong", username=f"{UNKNOWN}-{nth}", address="127.0.2.1")
    before = len(recorded())

    attempt("wrong wrong wrong", username=UNKNOWN, address="127.0.2.2")
    attempt("wrong wrong wrong", address="127.0.2.3")

    assert (before, len(recorded())) == (2, 4)


@pytest.mark.parametrize("role", ["backoffice", "counter", "vault_service"])
def test_each_role_enters_a_try_of_a_name_that_does_not_exist(as_role, role):
    with as_role(role), pytest.raises(NotSignedIn):
        staff_with(UNKNOWN, "wrong wrong wrong", source="127.0.0.8")

    assert len(recorded()) == 1


def test_an_entry_about_a_name_that_does_not_exist_names_no_one():
    attempt("wrong wrong wrong", username=UNKNOWN)
    attempt("wrong wrong wrong", username=UNKNOWN)

    entries = rows("SELECT staff_id, body FROM ledger_entry WHERE verb = 'access:sign_in:attempted'")
    accounts = {row.staff_id for row in rows("SELECT staff_id FROM access_staff")}
    assert accounts.isdisjoint(row.staff_id for row in entries)
    assert len({row.staff_id for row in entries}) == 2
    assert UNKNOWN not in str(entries)
    marks = {json.loads(row.body)["facts"]["staff"] for row in entries}
    assert len(marks) == 2


def test_a_wrong_second_factor_is_recorded_and_a_right_one_is_the_sign_in():
    secret = with_authenticator_app()
    cache.clear()
    before = len(recorded())
    client = attempt()
    client.post("/account/2fa/authenticate/", {"code": "000000"}, **PERSON)
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)}, **PERSON)

    assert [outcome for outcome, _, _ in recorded()[before:]] == ["wrong_second_factor", "succeeded"]


def test_a_command_is_recorded_as_such():
    with pytest.raises(NotSignedIn):
        sign_in(NAME, "wrong wrong wrong")
    sign_in(NAME, PASSWORD)

    assert recorded() == [("wrong_password", "backoffice", "console"), ("succeeded", "backoffice", "console")]


def test_a_person_is_told_of_the_last_sign_in_and_of_what_failed_since():
    first = attempt()
    for _ in range(3):
        attempt("wrong wrong wrong")
    client = attempt()
    page = client.get("/line/", **PERSON).content.decode()

    assert "You last signed in" not in first.get("/line/", **PERSON).content.decode()
    assert "You last signed in on" in page
    assert "since then: 3." in page
    assert last_sign_in(Staff.objects.get(username=NAME).staff_id).failed == 0


def test_the_counter_records_it_in_its_own_role_and_nothing_else_of_accounts(app, as_role):
    add_staff(console_authority(), username="clerk-1", password=PASSWORD, roles=[StaffRole.CLERK], on=DAY)
    app("counter")

    with as_role("counter"):
        attempt("wrong wrong wrong", username="clerk-1")
        attempt(username="clerk-1")

    assert [one[:2] for one in recorded()] == [("wrong_password", "counter"), ("succeeded", "counter")]


def test_an_attempt_beyond_the_limit_is_refused_to_a_command_as_before():
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(NAME, "wrong wrong wrong")

    with pytest.raises(TooManyAttempts):
        sign_in(NAME, PASSWORD)
    assert recorded()[-1][0] == "limit_reached"
