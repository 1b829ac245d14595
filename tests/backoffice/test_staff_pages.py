# SPDX-License-Identifier: EUPL-1.2
"""The administrator's pages: who may see them, and what goes through the vault service."""

import datetime as dt
import os
import re
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from rollkeeper.access.authority import console_authority
from rollkeeper.access.models import Invitation, Staff
from rollkeeper.access.queries import roles_on
from rollkeeper.access.roles import STAFF_ROLES, StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.backoffice import partners
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run
from rollkeeper.kernel.settings import settings_file
from tests.builders.authenticators import AuthenticatorApp
from tests.builders.staff import employ, enter, sign_in
from tests.vault.running_service import PASSWORD, start
from tests.web_app import opened_app

__all__ = ["start"]

PERSON = {"HTTP_ACCEPT": "text/html"}
PAGES = [
    "/administration/", "/administration/health/", "/administration/jobs/", "/administration/settings/", "/administration/versions/",
    "/administration/partners/",
    "/staff/", "/staff/add/", "/staff/roles/",
]  # fmt: skip
NEW_PASSWORD = "nine plain words that no one would ever say"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", sorted(STAFF_ROLES - {StaffRole.CLERK}))
def test_the_pages_of_administration_are_the_administrators_alone(app, as_role, page, role):
    app("backoffice")
    browser = Client(SERVER_NAME="localhost")
    employ(role, username="reader-1")

    with as_role("backoffice"):
        enter(browser, "reader-1")
        status = browser.get(page, **PERSON).status_code

    assert status == (200 if role is StaffRole.ADMINISTRATOR else 403)


def test_an_administrator_begins_with_administration(app):
    app("backoffice")

    assert sign_in(StaffRole.ADMINISTRATOR).get("/").headers["Location"] == "/administration/"
    assert sign_in(StaffRole.AUDITOR).get("/").headers["Location"] == "/campaign/"


def test_the_overview_says_first_what_is_wrong(app):
    run(
        "INSERT INTO kernel_healthfinding (position, check_name, health, sentence, remedy, found_at) VALUES"
        " (1, 'disk', 'error', 'Nearly full.', 'Make room.', now()), (2, 'root', 'ok', 'Opens.', '', now())"
    )
    app("backoffice")
    browser = sign_in(StaffRole.ADMINISTRATOR)

    first, all_of_them = (
        browser.get("/administration/").content.decode(),
        browser.get("/administration/health/").content.decode(),
    )

    assert "1 thing is wrong" in first
    assert "Nearly full." in first
    assert (
        all_of_them.index("Make room.") < all_of_them.index("1 check is well") < all_of_them.index("Opens.")
    )


def test_a_role_is_told_in_words_and_not_by_its_code(app):
    app("backoffice")

    page = sign_in(StaffRole.ADMINISTRATOR).get("/staff/roles/").content.decode()

    assert "Data protection officer" in page
    assert "Approve a batch" in page
    assert "approve_batch" not in page


def test_no_secret_of_the_settings_is_on_their_page(app, monkeypatch):
    monkeypatch.setattr(
        "rollkeeper.backoffice.administration.current_content",
        lambda: {"notices": {"smtp_url": "smtps://someone:hush-hush@mail.example.org"}},
    )
    app("backoffice")

    page = sign_in(StaffRole.ADMINISTRATOR).get("/administration/settings/").content.decode()

    assert "smtp_url" in page
    assert "hush-hush" not in page


def test_a_table_in_a_setting_is_shown_as_the_file_has_it_without_its_secrets(app, monkeypatch):
    written = {
        "webhook": {"url": "https://hush-hush@network.example"},
        "radius": {"coa": "192.0.2.7:3799"},
        "by_service": {"mobile": ["osmo_hlr", "kamailio"], "domain": ["webhook"]},
    }
    monkeypatch.setattr(
        "rollkeeper.backoffice.administration.current_content", lambda: {"provisioning": written}
    )
    app("backoffice")

    page = sign_in(StaffRole.ADMINISTRATOR).get("/administration/settings/").content.decode()

    assert "url = •••" in page
    assert "coa = 192.0.2.7:3799" in page
    assert "mobile = osmo_hlr, kamailio; domain = webhook" in page
    assert "hush-hush" not in page
    assert "=None" not in page
    assert "{}" not in page


def test_settings_are_shown_as_they_count_with_their_last_change(app, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_NOTICES__TRIES", "7")
    os.utime(settings_file(), (dt.datetime(2012, 3, 1, 4, tzinfo=dt.UTC).timestamp(),) * 2)
    app("backoffice")

    page = sign_in(StaffRole.ADMINISTRATOR).get("/administration/settings/").content.decode()

    assert re.search(r"<code>tries</code>[^/]*set here.*?<dd[^>]*>7<br>", page)
    assert "last written on 1 March 2012, 12:00" in page


@pytest.mark.parametrize(
    ("language", "shown", "hidden"),
    [
        ("zh-hans", ['<span class="rk-quiet">网关无法连通时', "<code>rollkeeper setup</code>"], ["Tries before", 'rk-quiet" lang="en"']),
        ("bo", ['<span lang="zh-hans">网关无法连通时', '<span lang="en">Tries before', "<code>rollkeeper setup</code>"], []),
        ("en", ['<span class="rk-quiet" lang="en">Tries before'], ["网关无法连通时"]),
    ],
)  # fmt: skip
def test_a_setting_is_described_in_the_readers_language(app, language, shown, hidden):
    app("backoffice")
    browser = sign_in(StaffRole.ADMINISTRATOR)

    page = browser.get("/administration/settings/", HTTP_ACCEPT_LANGUAGE=language).content.decode()

    assert not [text for text in shown if text not in page]
    assert not [text for text in hidden if text in page]


def test_only_a_role_that_an_account_has_can_be_ended(app):
    staff_id = employ(StaffRole.AUDITOR, StaffRole.SUPERVISOR, username="two-roles").staff_id
    app("backoffice")
    browser = sign_in(StaffRole.ADMINISTRATOR)

    ended, given = (
        re.findall(
            r'<option value="(\w+)"', browser.get(f"/staff/{staff_id}/change/{what}/").content.decode()
        )
        for what in ("end-role", "grant-role")
    )

    assert sorted(ended) == ["auditor", "supervisor"]
    assert sorted(ended + given) == sorted(STAFF_ROLES)


@pytest.mark.parametrize(
    ("page", "title"), [("", "Account"), ("change/grant-role/", "Give a role"), ("change/end-role/", "End the role"),
                        ("change/invite-again/", "Invite again"), ("close/", "Close an account")],
)  # fmt: skip
def test_the_title_of_an_accounts_page_says_what_it_does_and_names_no_one(app, page, title):
    staff_id = employ(StaffRole.AUDITOR, username="clerk-8").staff_id
    app("backoffice")

    shown = sign_in(StaffRole.ADMINISTRATOR).get(f"/staff/{staff_id}/{page}").content.decode()

    assert f"<title>{title} – " in shown


def test_closing_an_account_asks_and_says_how_many_sessions_end(app):
    app("backoffice")
    clerk = employ(StaffRole.CLERK, username="clerk-9")
    browser = sign_in(StaffRole.ADMINISTRATOR)

    asked = browser.get(f"/staff/{clerk.staff_id}/close/").content.decode()
    still_open = Staff.objects.get(username="clerk-9").is_active
    browser.post(f"/staff/{clerk.staff_id}/close/")

    assert "Close clerk-9?" in asked
    assert "0 open sessions" in asked
    assert (still_open, Staff.objects.get(username="clerk-9").is_active) == (True, False)


@pytest.fixture
def page(committed, start, monkeypatch):
    """A browser of a signed-in administrator, with real commits: the service reads them over other connections."""
    cache.clear()
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    start()
    add_staff(
        console_authority(),
        username="admin-1",
        password=PASSWORD,
        roles=[StaffRole.ADMINISTRATOR],
        on=clock.today(),
    )
    client = Client()
    client.force_login(Staff.objects.get(username="admin-1"))
    with opened_app("backoffice"):
        yield client


def invite(client, **more):
    asked = {
        "username": "clerk-07",
        "roles": ["clerk"],
        "address": "",
        "password": PASSWORD,
        "code": "",
    } | more
    return client.post("/staff/add/", asked, **PERSON)


def code_on(answer):
    (code,) = re.findall(r"[A-Z2-9]{5}(?:-[A-Z2-9]{5}){3}", answer.content.decode())
    return code


def test_an_invited_clerk_sets_a_password_and_signs_in(page):
    code = code_on(invite(page))
    stranger = Client()

    answer = stranger.post(
        "/account/invitation/",
        {"username": "clerk-07", "code": code, "password": NEW_PASSWORD, "again": NEW_PASSWORD},
    )

    assert answer.headers["Location"] == "/account/login/?next=/account/2fa/"
    stranger.post("/account/login/", {"login": "clerk-07", "password": NEW_PASSWORD})
    assert stranger.get("/account/2fa/").status_code == 200


def test_nothing_happens_with_a_wrong_password_or_without_the_code(page):
    wrong = invite(page, password="some other words altogether")
    AuthenticatorApp("admin-1")
    without = invite(page)

    assert (wrong.status_code, without.status_code) == (403, 403)
    assert not Invitation.objects.exists()


def test_a_wrong_password_is_said_at_its_field_and_the_rest_stays_filled_in(page):
    wrong = invite(page, password="some other words altogether").content.decode()
    empty = page.post("/staff/add/", {"username": "clerk-07"}, **PERSON).content.decode()

    assert 'id="id_password_error"' in wrong
    assert 'value="clerk-07"' in wrong
    assert "some other words" not in wrong
    assert [one.count('href="#id_roles"') for one in (wrong, empty)] == [0, 1]


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"username": "admin-1"}, "username"), ({"username": "Dawa L"}, "username"), ({"address": "no address"}, "address")],
)  # fmt: skip
def test_a_refusal_of_what_was_typed_about_an_account_is_said_at_its_field(page, typed, field):
    answer = invite(page, **typed)

    assert answer.status_code == 422
    assert f'<li><a href="#id_{field}">' in answer.content.decode()


def test_one_code_is_good_for_one_change(page):
    app = AuthenticatorApp("admin-1")
    code = app.code()

    first, second = invite(page, code=code), invite(page, code=code, username="clerk-08")

    assert (first.status_code, second.status_code) == (200, 403)
    assert not Staff.objects.filter(username="clerk-08").exists()


def test_a_role_is_given_and_ended_by_way_of_the_service(page):
    invite(page)
    staff = Staff.objects.get(username="clerk-07")

    page.post(
        f"/staff/{staff.staff_id}/change/grant-role/", {"role": "auditor", "password": PASSWORD}, **PERSON
    )
    given = roles_on(clock.today(), staff_id=staff.staff_id)
    page.post(f"/staff/{staff.staff_id}/change/end-role/", {"role": "clerk", "password": PASSWORD}, **PERSON)

    assert given == {StaffRole.CLERK, StaffRole.AUDITOR}
    assert roles_on(clock.today(), staff_id=staff.staff_id) == {StaffRole.AUDITOR}


def test_what_was_typed_as_a_password_does_not_come_back(page):
    answer = invite(page, username="", password="some other words altogether")

    assert answer.status_code == 422
    assert b"some other words" not in answer.content


def test_partners_are_shown_with_what_they_get(app, as_role, monkeypatch):
    app("backoffice")
    browser = Client(SERVER_NAME="localhost")
    employ(StaffRole.ADMINISTRATOR, username="reader-1")
    chosen = {"channels": ["sms", "post"], "smpp_url": None, "post_program": "/opt/post"}
    monkeypatch.setattr(partners, "notice_settings", lambda: SimpleNamespace(**chosen))
    elements = {"mobile": ["kamailio", "osmo_hlr"]}
    monkeypatch.setattr(partners, "provisioning_settings", lambda: SimpleNamespace(by_service=elements))
    monkeypatch.setattr(
        partners,
        "ledger_settings",
        lambda: SimpleNamespace(witnesses=[SimpleNamespace(url="https://witness.example")]),
    )

    with as_role("backoffice"):
        enter(browser, "reader-1")
        page = browser.get("/administration/partners/").content.decode()

    for shown in (
        "https://witness.example",
        "kamailio",
        "osmo_hlr",
        "notices.post_program",
        "Postal addresses and the text of notices",
    ):
        assert shown in page, shown
    assert "notices.smpp_url" not in page, "none is set"
    assert re.search(r'href="/agents/">\d', page), "the figure leads to them"
