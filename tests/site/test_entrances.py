# SPDX-License-Identifier: EUPL-1.2
"""The first page and the pages to sign in: where each app is, and how one looks around in a demo alone."""

import json

import pytest
from django.test import Client

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.site import entrances
from tests.builders.staff import sign_in

LOGINS = [
    {"user": "clerk", "password": "clerk-secret", "role": "clerk"},
    {"user": "auditor", "password": "auditor-secret", "role": "auditor"},
]


@pytest.fixture
def logins():
    file = data_dir() / "demo-logins.json"
    file.write_text(json.dumps(LOGINS), "utf-8")
    yield
    file.unlink()


def front(host="127.0.0.1:8000"):
    return Client().get("/", HTTP_HOST=host).content.decode()


def test_the_first_page_has_five_ways_in_and_the_public_pages(app):
    app("backoffice")

    page = front()

    assert page.count('rk-entrance"') == 5
    assert all(
        f'href="{one}"' in page for one in ("/ledger/", "/law/", "/check-receipt/#en", "/account/invitation/")
    )


@pytest.mark.parametrize(("name", "path", "mine", "others"), [
    ("backoffice", "/account/login/", "auditor-secret", "clerk-secret"),
    ("counter", "/account/login/", "clerk-secret", "auditor-secret"),
])  # fmt: skip
def test_in_a_demo_one_looks_around_with_the_logins_of_this_app(app, logins, name, path, mine, others):
    app(name)

    page = Client().get(path).content.decode()

    assert f'name="password" value="{mine}"' in page
    assert others not in page


def test_a_production_instance_shows_no_login_whatever_file_lies_there(app, logins, monkeypatch):
    monkeypatch.setattr(entrances, "instance", lambda: Instance(kind=InstanceKind.PRODUCTION))
    app("backoffice")

    assert "secret" not in front()


def test_behind_a_proxy_the_settings_say_where_an_app_is(app):
    write_settings(access={"counter_address": "https://counter.register.example/"})
    app("backoffice")
    try:
        page = front("localhost")
    finally:
        write_settings(access={"counter_address": None})

    assert 'href="https://counter.register.example/"' in page
    assert "Ask your operator for the address." in page, "of the portal"


def test_the_counter_leads_to_the_back_office_by_its_port(app, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_PORT", "8000")
    app("counter")

    page = Client().get("/account/login/", HTTP_HOST="127.0.0.1:8001").content.decode()

    assert 'href="http://127.0.0.1:8000/"' in page


def test_a_person_with_another_app_is_not_asked_to_sign_in_but_told_which_is_theirs(app, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_PORT", "8000")
    app("backoffice")

    page = sign_in(StaffRole.CLERK, username="clerk-5").get("/", HTTP_HOST="localhost:8000").content.decode()

    assert "Your app: Counter" in page
    assert 'href="http://localhost:8001/"' in page
    assert "Open the back office" not in page


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/counter/", "http://localhost:8001/"),
        ("/counter/register/?name=Invented", "http://localhost:8001/register/"),
        ("/counter//elsewhere.example/", "http://localhost:8001//elsewhere.example/"),
        ("/portal/lines/", "http://localhost:8002/lines/"),
    ],
)
def test_one_address_leads_to_each_app_by_path(app, monkeypatch, path, leads_to):
    monkeypatch.setenv("ROLLKEEPER_PORT", "8000")
    app("backoffice")

    answer = Client().get(path, HTTP_HOST="localhost:8000")

    assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)


def test_a_path_leads_nowhere_where_an_app_has_no_known_address(app):
    app("backoffice")

    assert Client().get("/counter/", HTTP_HOST="localhost").status_code == 404
