# SPDX-License-Identifier: EUPL-1.2
"""Someone has the password of a member of staff, and waits in the second step: it ends with the sessions of the account."""

import pytest
from django.core.cache import cache
from django.test import Client

from rollkeeper.access.authority import console_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.access.sessions import end_own_sessions, end_sessions, sessions_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run
from tests.builders.staff import employ
from tests.site.test_signing_in import DAY, PASSWORD, PERSON, code_of, sign_in, with_authenticator_app

NAMES = ("boss", "other")


@pytest.fixture(autouse=True)
def _on_the_day(app):
    clock.set_demo_date(DAY)
    cache.clear()
    app("backoffice")
    for name in NAMES:
        add_staff(console_authority(), username=name, password=PASSWORD, roles=[StaffRole.SUPERVISOR], on=DAY)


@pytest.fixture
def secret():
    return with_authenticator_app("boss")


def waiting(username="boss", client=None):
    """A browser in the second step of a sign-in."""
    client = client or Client(REMOTE_ADDR="127.0.0.9")
    assert sign_in(client, username=username).headers["Location"] == "/account/2fa/authenticate/"
    return client


def gets_in(client, secret):
    """Whether a browser that waits gets in by the right code."""
    client.post("/account/2fa/authenticate/", {"code": code_of(secret)}, **PERSON)
    return client.get("/account/sessions/", **PERSON).status_code == 200


def staff_id(username="boss"):
    return Staff.objects.get(username=username).staff_id


def ended_by_an_administrator():
    end_sessions(employ(StaffRole.ADMINISTRATOR), username="boss", on=DAY)


def ended_by_their_owner():
    owner = employ(StaffRole.SUPERVISOR)
    owner = type(owner)(owner.roles, staff_id(), owner.commitment)
    end_own_sessions(owner, [one.reference for one in sessions_of(staff_id(), source_mark=b"")], on=DAY)


def another_password():
    staff = Staff.objects.get(username="boss")
    staff.set_password("another long pass phrase")
    staff.save(update_fields=["password"])


def closed_account():
    run("UPDATE access_staff SET is_active = false WHERE username = 'boss'")


def no_role_any_more():
    run("UPDATE access_rolegrant SET until = %s WHERE staff_id = %s", ["2000-01-01", staff_id()])


def test_who_waits_gets_in_where_nothing_happened(secret):
    assert gets_in(waiting(), secret)


@pytest.mark.parametrize(
    "meanwhile", [ended_by_an_administrator, ended_by_their_owner, another_password, closed_account]
)
def test_what_ends_the_sessions_of_an_account_ends_a_sign_in_that_waits(secret, meanwhile):
    client = waiting()

    meanwhile()

    assert not gets_in(client, secret)


def test_who_has_no_role_any_more_gets_to_no_page_by_a_sign_in_that_waited(secret):
    client = waiting()

    no_role_any_more()
    gets_in(client, secret)

    assert client.get("/cases/", **PERSON).status_code == 403


def test_the_back_office_ends_a_sign_in_that_waits_at_a_counter(app, as_role):
    add_staff(console_authority(), username="clerk-1", password=PASSWORD, roles=[StaffRole.CLERK], on=DAY)
    secret = with_authenticator_app("clerk-1")
    run("DELETE FROM django_session")
    app("counter")
    with as_role("counter"):
        client = waiting("clerk-1")
    app("backoffice")
    administrator = employ(StaffRole.ADMINISTRATOR)

    with as_role("backoffice"):
        ended = end_sessions(administrator, username="clerk-1", on=DAY)

    app("counter")
    with as_role("counter"):
        let_in = gets_in(client, secret)
    assert (ended, let_in) == (1, False)


def test_a_sign_in_that_waits_is_of_the_account_that_was_named_last(secret):
    with_authenticator_app("other")
    client = waiting("boss", waiting("other"))

    end_sessions(employ(StaffRole.ADMINISTRATOR), username="boss", on=DAY)

    assert not gets_in(client, secret)


@pytest.mark.parametrize(
    ("language", "said"), [("en", ("Code", "Incorrect code.")), ("zh-hans", ("登录验证码", "登录验证码不正确。")), ("bo", ("ནང་འཇུག་གསང་ཨང་།", "ནང་འཇུག་གསང་ཨང་ནོར་འདུག"))]
)  # fmt: skip
@pytest.mark.usefixtures("secret")
def test_the_second_step_is_said_in_our_own_words(language, said):
    client = waiting()
    told = PERSON | {"HTTP_ACCEPT_LANGUAGE": language}

    asked = client.get("/account/2fa/authenticate/", **told).content.decode()
    refused = client.post("/account/2fa/authenticate/", {"code": "000000"}, **told).content.decode()

    assert f">{said[0]}</label>" in asked
    assert said[1] in refused
    assert "placeholder" not in asked
