# SPDX-License-Identifier: EUPL-1.2
"""The page on which a data protection officer opens one value: by way of the vault service, which checks who asks."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from rollkeeper.access.authority import console_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from tests.builders.authenticators import AuthenticatorApp
from tests.lines.test_canaries import somebody_who_left
from tests.vault.running_service import NUMBER, PASSWORD, start
from tests.web_app import opened_app

__all__ = ["start"]

pytestmark = pytest.mark.usefixtures("committed")

ASKED = {"line": NUMBER, "part": "subscriber", "field": "name", "purpose": "review"}


@pytest.fixture
def page(committed, start, monkeypatch):
    """A browser of a signed-in data protection officer, with real commits: the service reads them over other connections."""
    cache.clear()
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver"])
    start()
    for name, role in (("officer-1", StaffRole.DATA_PROTECTION_OFFICER), ("auditor-1", StaffRole.AUDITOR)):
        add_staff(console_authority(), username=name, password=PASSWORD, roles=[role], on=clock.today())

    def browser(name="officer-1"):
        client = Client()
        client.force_login(Staff.objects.get(username=name))
        return client

    with opened_app("backoffice"):
        yield browser


def ask(client, **more):
    answer = client.post("/open-value/", ASKED | more, HTTP_ACCEPT="text/html")
    return answer.status_code, answer.content.decode(), answer


def test_the_page_shows_the_value_once_and_the_ledger_knew_before(page):
    somebody_who_left()

    status, said, answer = ask(page(), password=PASSWORD)

    assert (status, "李强" in said) == (200, True)
    assert "no-store" in answer.headers["Cache-Control"]
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    assert '"role":"data_protection_officer"' in entry.body


def test_the_password_of_an_open_session_is_asked_for_again(page):
    somebody_who_left()

    without, wrong = ask(page()), ask(page(), password="some other words")

    assert (without[0], wrong[0]) == (422, 403)
    assert "李强" not in without[1] + wrong[1]
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")


def test_the_code_is_asked_for_where_the_account_has_an_app(page):
    somebody_who_left()
    app = AuthenticatorApp("officer-1")

    wrong = ask(page(), password=PASSWORD, code=app.wrong_code())
    right = ask(page(), password=PASSWORD, code=app.code())

    assert (wrong[0], right[0]) == (403, 200)
    assert ("李强" in wrong[1], "李强" in right[1]) == (False, True)


def test_a_second_value_within_minutes_asks_for_no_second_code(page):
    somebody_who_left()
    browser = page()
    ask(browser, password=PASSWORD)

    status, said, _ = ask(browser, field="document_number")

    assert (status, 'name="password"' in said) == (200, False)
    assert len(rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened'")) == 2


def test_a_session_that_is_over_asks_again_and_shows_nothing(page):
    somebody_who_left()
    browser = page()
    ask(browser, password=PASSWORD)
    staff = Staff.objects.get(username="officer-1")
    session = browser.session
    session["vault_session"] = "forged"
    session.save()

    status, said, _ = ask(browser)

    assert staff.is_active
    assert (status, 'name="password"' in said, "李强" in said) == (403, True, False)


def test_nobody_without_the_permission_reaches_the_page(page):
    assert page("auditor-1").get("/open-value/", HTTP_ACCEPT="text/html").status_code == 403
    assert ask(page("auditor-1"), password=PASSWORD)[0] == 403


def test_a_wrong_form_is_not_sent_back_with_what_was_typed(page):
    status, said, _ = ask(page(), purpose="", password=PASSWORD)

    assert status == 422
    assert NUMBER not in said
    assert PASSWORD not in said
