# SPDX-License-Identifier: EUPL-1.2
"""A browser at the portal, a telephone, and a portal worker that answers at once. A record must be committed before it is opened."""

import re

import pytest
from django.test import Client, override_settings

from tests.selfcare.conftest import answering, telephone
from tests.selfcare.people import NUMBER, PERSON
from tests.web_app import opened_app

__all__ = ["telephone"]


@pytest.fixture
def at_portal(committed, telephone, monkeypatch):
    """A portal worker that carries out each request as soon as it is stored."""
    return answering(telephone, monkeypatch)


@pytest.fixture
def browser(at_portal):
    """A browser that is not signed in yet."""
    signed = "django.contrib.sessions.backends.signed_cookies"
    with override_settings(SESSION_ENGINE=signed, ALLOWED_HOSTS=["localhost"]), opened_app("portal"):
        yield Client(HTTP_ACCEPT="text/html", HTTP_HOST="localhost:8182")


@pytest.fixture
def come_in(browser, at_portal):
    """Sign in with the code that is sent to a line."""

    def in_with(number=NUMBER):
        asked = browser.post("/", {"number": number})
        code_request = re.search(rb'name="code_request" value="([0-9a-f-]{36})"', asked.content)[1].decode()
        note = re.search(rb'name="note" value="([^"]+)"', asked.content)[1].decode()
        answer = browser.post(
            "/code/", {"code_request": code_request, "note": note, "code": at_portal.newest_code}
        )
        assert answer.status_code == 302, answer.content.decode()
        return browser

    return in_with


@pytest.fixture
def prove(browser):
    """Prove the identity with a document as well."""

    def proved(person=PERSON):
        return browser.post(
            "/verify/",
            {"document_type": "passport", "document_state": "NPL", "document_number": person["document_number"],
             "name": person["name"]},
        )  # fmt: skip

    return proved
