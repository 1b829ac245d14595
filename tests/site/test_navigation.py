# SPDX-License-Identifier: EUPL-1.2
"""The menu: on every page of a signed-in reader, with groups, the present page and what waits."""

import re
from importlib import import_module

import pytest
from django.test import Client
from django.urls import reverse

from rollkeeper.access.roles import StaffRole
from rollkeeper.site.web_apps import APPS
from tests.builders.staff import sign_in

PERSON = {"HTTP_ACCEPT": "text/html"}


def menu_of(page):
    return re.findall(r'class="rk-menu__link" href="([^"]*)"', page.content.decode())


def current_in(page):
    return re.findall(r'class="rk-menu__link" href="([^"]*)" aria-current="page"', page.content.decode())


@pytest.mark.parametrize("name", [app.name for app in APPS])
def test_every_entry_of_a_menu_leads_to_an_address_of_its_app(app, name):
    app(name)

    entries = [
        one for group in import_module(f"rollkeeper.{name}.navigation").GROUPS for one in group.entries
    ]

    assert all(reverse(one.page, kwargs=dict(one.arguments)) for one in entries)
    assert len({one.page + str(one.arguments) for one in entries}) == len(entries)


@pytest.mark.parametrize("address", ["/account/2fa/", "/account/sessions/", "/nowhere/", "/line/"])
def test_the_menu_is_on_account_pages_and_on_refusals(app, address):
    app("backoffice")
    browser = sign_in(StaffRole.ADMINISTRATOR)

    page = browser.get(address, **PERSON)

    assert "/campaign/" in menu_of(page)
    assert "/line/" not in menu_of(page), "an administrator may not explain a line"


def test_the_entry_of_a_page_below_it_is_the_current_one(app):
    app("backoffice")

    page = sign_in(StaffRole.SUPERVISOR).get("/unreachable/", **PERSON)

    assert current_in(page) == ["/campaign/"]


def test_one_of_several_entries_with_one_view_is_current(app):
    app("counter")

    page = sign_in(StaffRole.CLERK).get("/transfer/", **PERSON)

    assert current_in(page) == ["/transfer/"]


def test_a_group_with_several_entries_has_a_row_of_its_own(app):
    app("backoffice")

    page = sign_in(StaffRole.AUDITOR).get("/access-history/", **PERSON).content.decode()

    row = page[page.index("rk-subnav") :]
    assert 'href="/access-history/" aria-current="page"' in row
    assert 'href="/reports/"' in row


def test_a_stranger_has_no_menu(app):
    app("backoffice")

    assert menu_of(Client().get("/account/login/", **PERSON)) == []


def test_an_account_without_a_role_here_has_no_menu(app):
    app("backoffice")

    page = sign_in(StaffRole.CLERK).get("/account/sessions/", **PERSON)

    assert menu_of(page) == []


def test_what_waits_is_counted_next_to_its_entry(app, monkeypatch):
    monkeypatch.setattr(
        "rollkeeper.backoffice.navigation.pending_here", lambda _: [Waiting(), Waiting(is_own=True)]
    )
    app("backoffice")

    page = sign_in(StaffRole.SUPERVISOR).get("/line/", **PERSON).content.decode()

    assert re.search(r'href="/pending-approvals/">[^<]*<span class="rk-count">1<', page)


class Waiting:
    def __init__(self, *, is_own=False):
        self.is_own = is_own
