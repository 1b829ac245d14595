# SPDX-License-Identifier: EUPL-1.2
"""How often a registration goes to the database: what makes it quick stays so."""

from django.db import connections
from django.test.utils import CaptureQueriesContext

from rollkeeper.kernel.database import run
from rollkeeper.lines.queries import find_line
from rollkeeper.site.sessions import SessionStore
from tests.counter.test_pages import filled, post
from tests.registration.people import fresh_number, person

MOST = 17
"""One for each thing that is asked or written, of a person who is new; a savepoint, a second look or a row asked for twice would be one more.
The last but one keeps in the session how the line is called on the receipt."""


def test_a_registration_asks_the_register_no_more_often_than_it_needs(at_counter):
    who = person()
    assert post(at_counter, "register", fresh_number(), who, double_checked="on").status_code == 302
    given = filled(at_counter, "register", fresh_number(), who, double_checked="on")

    with CaptureQueriesContext(connections["default"]) as asked:
        answer = at_counter.post("/register/", given)

    assert answer.status_code == 302
    said = [one["sql"] for one in asked]
    assert len(said) <= MOST, [one[:60] for one in said]
    # Where the clerk goes on is kept with the act: the last statement ends its transaction.
    assert "UPDATE django_session" in said[-2]
    assert "UPDATE django_session" not in said[-1]


def test_of_a_refused_registration_nothing_is_kept_in_the_session(at_counter):
    number = fresh_number()
    assert post(at_counter, "register", number, person(), double_checked="on").status_code == 302
    before = dict(at_counter.session)

    assert post(at_counter, "register", number, person(), double_checked="on").status_code == 422

    assert dict(at_counter.session) == before


def test_a_session_that_was_ended_meanwhile_is_said_and_the_registration_stays(at_counter, monkeypatch):
    def ended(session):
        run("RESET ROLE")
        run("DELETE FROM django_session")
        run("SET ROLE counter")
        keep(session)

    keep = SessionStore.keep_with_act
    monkeypatch.setattr(SessionStore, "keep_with_act", ended)
    number = fresh_number()

    answer = post(at_counter, "register", number, person(), double_checked="on")

    assert answer.headers["Location"].startswith("/account/login/")
    assert find_line(number).is_registered
