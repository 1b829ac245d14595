"""The sessions of staff: their owner sees and ends them, an administrator ends another's, and none lasts for ever."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client

from rollkeeper.access import services
from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import NOT_ALLOWED, STAFF_UNKNOWN
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.services import add_staff, close_accounts, reinstate_staff, suspend_staff
from rollkeeper.access.sessions import end_sessions, sessions_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from tests.builders.staff import employ, enter
from tests.refusals import refusing
from tests.site.test_signing_in import DAY, PASSWORD, PERSON

WHERE = "/account/sessions/"


@pytest.fixture(autouse=True)
def _on_the_day(app):
    clock.set_demo_date(DAY)
    cache.clear()
    app("backoffice")
    for name, role in (("boss", StaffRole.SUPERVISOR), ("admin", StaffRole.ADMINISTRATOR)):
        add_staff(console_authority(), username=name, password=PASSWORD, roles=[role], on=DAY)


def browser(username="boss", address="127.0.0.1"):
    client = Client(REMOTE_ADDR=address)
    client.post("/account/login/", {"login": username, "password": PASSWORD}, **PERSON)
    return client


def is_in(client):
    return client.get(WHERE, **PERSON).status_code == 200


def references(username="boss"):
    return [
        str(row.reference)
        for row in rows(
            "SELECT reference FROM django_session JOIN access_staff USING (staff_id) WHERE username = %s"
            " ORDER BY begun_at DESC",
            [username],
        )
    ]


def ended():
    return [
        row.body
        for row in rows("SELECT body FROM ledger_entry WHERE verb = 'access:session:ended' ORDER BY entry_id")
    ]


def test_ones_own_sessions_are_listed_and_no_ones_else():
    browser("admin")
    browser("boss", "127.0.0.9")
    page = browser().get(WHERE, **PERSON).content.decode()

    assert page.count("End this session") == 2
    assert page.count("this session</h2>") == 1
    assert page.count("The one that you use now") == 1
    assert page.count("Another one") == 1
    assert not [reference for reference in references("admin") if reference in page]
    assert "127.0.0" not in page


def test_one_session_ends_and_the_present_one_goes_on():
    stolen, mine = browser(), browser()

    mine.post(f"{WHERE}end/", {"session": references()[1]}, **PERSON)

    assert (is_in(stolen), is_in(mine)) == (False, True)
    assert len(ended()) == 1


def test_all_others_end_at_once():
    others, mine = [browser() for _ in range(3)], browser()

    mine.post(f"{WHERE}end/", {"session": "others"}, **PERSON)

    assert [is_in(one) for one in others] == [False] * 3
    assert is_in(mine)


def test_nobody_ends_the_session_of_another_by_its_reference():
    administrator, mine = browser("admin"), browser()

    mine.post(f"{WHERE}end/", {"session": references("admin")[0]}, **PERSON)

    assert is_in(administrator)
    assert ended() == []


def test_an_administrator_ends_all_sessions_of_another_who_may_sign_in_again():
    two, administrator = [browser(), browser()], browser("admin")
    assert ">2<" in administrator.get("/staff-sessions/", **PERSON).content.decode()

    administrator.post("/staff-sessions/end/", {"username": "boss"}, **PERSON)

    assert [is_in(one) for one in two] == [False, False]
    assert (is_in(administrator), is_in(browser())) == (True, True)
    assert '"sessions":2' in ended()[0]


def test_staff_without_the_permission_neither_list_nor_end_the_sessions_of_others():
    other, mine = browser("admin"), browser()

    answers = [
        mine.get("/staff-sessions/", **PERSON).status_code,
        mine.post("/staff-sessions/end/", {"username": "admin"}, **PERSON).status_code,
    ]

    assert answers == [403, 403]
    assert is_in(other)
    with refusing(NOT_ALLOWED):
        end_sessions(employ(StaffRole.AUDITOR), username="admin", on=DAY)
    with refusing(STAFF_UNKNOWN):
        end_sessions(console_authority(), username="nobody", on=DAY)


def test_a_counter_sees_and_ends_the_sessions_of_counters_alone(app, as_role):
    staff = Staff.objects.get(username="boss")
    with as_role("backoffice"):
        at_backoffice = Client()
        enter(at_backoffice, "boss")
    app("counter")

    with as_role("counter"):
        at_counter = Client()
        enter(at_counter, "boss")
        seen = sessions_of(staff.staff_id, source_mark=b"")
        at_counter.post(f"{WHERE}end/", {"session": references()[0]}, **PERSON)
        left = sessions_of(staff.staff_id, source_mark=b"")

    assert ([one.app for one in seen], left) == (["counter"], [])
    with as_role("backoffice"):
        assert [one.app for one in sessions_of(staff.staff_id, source_mark=b"")] == ["backoffice"]


def test_the_backoffice_ends_a_session_of_the_counter_and_cannot_use_or_prolong_it(as_role):
    staff = Staff.objects.get(username="boss")
    with as_role("counter"):
        client = Client()
        enter(client, "boss")
    key = client.session.session_key

    with as_role("backoffice"):
        from rollkeeper.site.sessions import SessionStore

        (seen,) = sessions_of(staff.staff_id, source_mark=b"")
        read = SessionStore(key).load()
        prolonged = run("UPDATE django_session SET expire_date = expire_date + interval '1 day'")
        run("DELETE FROM django_session WHERE reference = %s", [seen.reference])

    assert (seen.app, read, prolonged) == ("counter", {}, 0)
    assert not Session.objects.exists()


@pytest.mark.parametrize(("hours", "goes_on"), [(11.9, True), (12.1, False)])
def test_a_session_ends_after_twelve_hours_however_it_is_used(hours, goes_on):
    client = browser()
    run("UPDATE django_session SET begun_at = begun_at - %s", [dt.timedelta(hours=hours)])

    assert is_in(client) is goes_on


@pytest.mark.parametrize("role", ["counter", "backoffice"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE django_session SET begun_at = now()",
        "UPDATE django_session SET begun_by = 'counter'",
        "UPDATE django_session SET reference = uuidv7()",
    ],
)
def test_an_app_cannot_say_when_or_by_whom_a_session_was_begun(as_role, role, statement):
    with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(statement)


def test_the_page_says_where_one_confirms_that_it_is_they_once_that_is_asked(monkeypatch):
    client = browser()

    recent = client.get(WHERE, **PERSON).content.decode()
    monkeypatch.setattr(services, "is_recent", lambda _: False)
    later = client.get(WHERE, **PERSON).content.decode()

    assert "data-confirm-at" not in recent
    assert 'data-confirm-at="/account/reauthenticate/?next=%2Faccount%2Fsessions%2F"' in later


@pytest.mark.parametrize("role", ["counter", "backoffice"])
def test_a_session_of_a_closed_account_is_none_again_once_it_is_reopened(app, as_role, role):
    app(role)
    with as_role(role):
        stolen = Client()
        enter(stolen, "boss")
        was_in = is_in(stolen)

    with as_role("console"):
        suspend_staff(console_authority(), username="boss", on=DAY)
    with as_role(role):
        while_closed = is_in(stolen)
    with as_role("console"):
        reinstate_staff(console_authority(), username="boss", on=DAY)

    with as_role(role):
        assert (was_in, while_closed, is_in(stolen)) == (True, False, False)


def test_a_session_of_an_agents_account_ends_with_its_suspension(as_role):
    stolen = browser()

    with as_role("worker"):
        close_accounts(
            console_authority(), [Staff.objects.get(username="boss").staff_id], permission=Permission.SUSPEND_AGENT, on=DAY
        )  # fmt: skip

    assert not is_in(stolen)
    assert references() == []
