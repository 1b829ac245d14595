"""An open session on an unattended screen: what another person can do in it."""

from dataclasses import replace
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from rollkeeper.access.authority import console_authority, require, rule_for
from rollkeeper.access.dual_control import approve, withdraw
from rollkeeper.access.errors import ReauthenticationNeeded
from rollkeeper.access.models import Approval, Staff
from rollkeeper.access.reauthentication import is_recent
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.agents import queries
from rollkeeper.agents.choices import AgentState
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.vault.offline_keys import renew_offline_keys
from rollkeeper.vault.services import begin_first_epoch
from tests.agents.conftest import AGENT, ON, approved
from tests.builders.staff import employ, enter
from tests.refusals import refusing
from tests.site.test_signing_in import PASSWORD

PERSON = {"HTTP_ACCEPT": "text/html"}
PAGE = f"/agents/{AGENT}/"
SUSPENSION = f"/agents/{AGENT}/suspend/"


@pytest.fixture(autouse=True)
def _on_the_day(app):
    clock.set_demo_date(ON)
    cache.clear()
    app("backoffice")


@pytest.fixture
def supervisor():
    """A supervisor with a password and an agent that they might suspend."""
    employ(StaffRole.SUPERVISOR, username="boss")
    staff = Staff.objects.get(username="boss")
    staff.set_password(PASSWORD)
    staff.save()
    begin_first_epoch()
    approved()


def browser(minutes_ago):
    client = Client()
    enter(client, "boss", minutes_ago=minutes_ago)
    return client


def suspend(client):
    return client.post(
        SUSPENSION,
        {"because": "fraud", "confirmed": "yes"},
        HTTP_REFERER=f"http://testserver{PAGE}?x=1",
        **PERSON,
    )


def state():
    return queries.agent_called(AGENT, on=ON, window_days=30).state


@pytest.mark.usefixtures("supervisor")
def test_an_old_session_suspends_no_agent_and_asks_who_it_is():
    client = browser(6)

    answer = suspend(client)

    assert answer.headers["Location"] == "/account/reauthenticate/?next=%2Fagents%2Fagent-017%2F"
    assert state() is AgentState.APPROVED
    assert "Nothing was done yet" in client.get(answer.headers["Location"], **PERSON).content.decode()


@pytest.mark.usefixtures("supervisor")
def test_who_opens_a_page_that_asks_who_they_are_is_led_to_that_page():
    client, page = browser(6), f"/disclosures/{new_uuid()}/answer/"

    answer = client.get(page, HTTP_REFERER="http://testserver/disclosures/", **PERSON)

    assert answer.headers["Location"] == f"/account/reauthenticate/?{urlencode({'next': page})}"
    assert "Nothing was done yet" not in client.get(answer.headers["Location"], **PERSON).content.decode()


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize("app_name", ["backoffice", "counter"])
def test_the_password_again_leads_back_and_counts_for_some_minutes(app, as_role, app_name):
    app(app_name)
    where = "/account/reauthenticate/"

    with as_role(app_name):
        client = browser(6)
        before = is_recent(client.get("/account/sessions/", **PERSON).wsgi_request)
        wrong = client.post(where, {"password": "wrong wrong wrong", "next": PAGE}, **PERSON)
        right = client.post(where, {"password": PASSWORD, "next": PAGE}, **PERSON)
        after = is_recent(client.get("/account/sessions/", **PERSON).wsgi_request)

    assert (wrong.status_code, right.status_code, right.headers["Location"]) == (200, 302, PAGE)
    assert (before, after) == (False, True)


@pytest.mark.usefixtures("supervisor")
@pytest.mark.parametrize(("minutes", "is_done"), [(4, True), (6, False)])
def test_a_sign_in_of_lately_is_enough(minutes, is_done):
    suspend(browser(minutes))

    assert (state() is AgentState.SUSPENDED) is is_done


@pytest.mark.usefixtures("supervisor")
def test_a_machine_is_told_so_and_not_redirected():
    answer = browser(6).post(SUSPENSION, {"because": "fraud"}, HTTP_ACCEPT="application/json")

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:rollkeeper:reauthentication_needed"


@pytest.mark.usefixtures("supervisor")
def test_nobody_is_led_to_another_site_by_the_page_that_they_came_from():
    answer = browser(6).post(
        SUSPENSION, {"because": "fraud"}, HTTP_REFERER="https://thief.example/a", **PERSON
    )

    assert answer.headers["Location"] == "/account/reauthenticate/?next=%2F"


@pytest.mark.usefixtures("supervisor")
def test_an_old_session_decides_nothing_that_takes_an_approver_at_the_counter(app):
    app("counter")
    renew_offline_keys(console_authority(), lasts_days=7, on=ON)

    answer = browser(6).post("/pending-approvals/", {"key": str(new_uuid()), "approved": "yes"}, **PERSON)

    assert answer.headers["Location"].startswith("/account/reauthenticate/")


def old(role):
    return replace(employ(role), is_recent=False)


@pytest.mark.parametrize(
    ("permission", "role"),
    [
        (Permission.APPROVE_BATCH, StaffRole.SUPERVISOR),
        (Permission.END_STAY, StaffRole.SUPERVISOR),
        (Permission.DECIDE_DISCLOSURE, StaffRole.SUPERVISOR),
        (Permission.NOTIFY_AFFECTED, StaffRole.ADMINISTRATOR),
        (Permission.RENEW_KEYS_AFTER_INCIDENT, StaffRole.ADMINISTRATOR),
        (Permission.APPROVE_ACTION, StaffRole.SUPERVISOR),
    ],
)
def test_an_old_session_approves_nothing(permission, role):
    with refusing(ReauthenticationNeeded):
        approve(old(role), permission, new_uuid(), on=ON)

    assert not Approval.objects.exists()


def test_an_old_session_may_still_withdraw_what_waits():
    withdraw(old(StaffRole.SUPERVISOR), Permission.APPROVE_ACTION, new_uuid(), on=ON)

    assert Approval.objects.get().approves is False


@pytest.mark.parametrize(
    ("permission", "role"),
    [
        (Permission.WAIVE_UNREACHABLE, StaffRole.SUPERVISOR),
        (Permission.SUSPEND_AGENT, StaffRole.ADMINISTRATOR),
        (Permission.SETTLE_AGENT_CASE, StaffRole.SUPERVISOR),
        (Permission.OPEN_SEALED, StaffRole.SUPERVISOR),
        (Permission.OPEN_WITH_CONSENT, StaffRole.AUDITOR),
    ],
)
def test_a_grave_permission_is_refused_to_an_old_session(permission, role):
    with refusing(ReauthenticationNeeded):
        require(old(role), permission)

    assert require(employ(role), permission) is role


def test_stopping_is_never_held_up():
    assert not rule_for(Permission.STOP_BATCH).reauthenticate
    assert require(old(StaffRole.CLERK), Permission.STOP_BATCH) is StaffRole.CLERK


def test_what_another_person_proved_in_the_same_browser_does_not_count(rf):
    employ(StaffRole.SUPERVISOR, username="boss")
    employ(StaffRole.SUPERVISOR, username="other")
    client = browser(0)
    request = rf.get("/")
    request.session, request.user = client.session, Staff.objects.get(username="other")

    assert not is_recent(request)


@pytest.fixture
def rf():
    from django.test import RequestFactory

    return RequestFactory()


def test_the_minutes_may_be_chosen(monkeypatch):
    from rollkeeper.access import reauthentication

    employ(StaffRole.SUPERVISOR, username="boss")
    chosen = reauthentication.settings().model_copy(update={"reauthenticate_minutes": 10})
    monkeypatch.setattr(reauthentication, "settings", lambda: chosen)
    client = browser(8)

    assert client.get("/campaign/", **PERSON).wsgi_request.authority.is_recent
