# SPDX-License-Identifier: EUPL-1.2
"""How often a registration goes to the database: what makes it quick stays so."""

from django.db import connections
from django.test.utils import CaptureQueriesContext

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
