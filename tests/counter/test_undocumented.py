# SPDX-License-Identifier: EUPL-1.2
"""A person without a document at the counter: asked only if the law gives a way, with its article and its time."""

import pytest

from rollkeeper.lines.queries import accepted_through, find_line
from tests.counter.test_pages import key
from tests.registration.people import fresh_number

STOLEN = "by: [police_report], valid_for: {n: 30, unit: day}"


def post(client, number, **further):
    page = client.get("/register/")
    return client.post(
        "/register/",
        {"submission_key": key(page), "number": number, "language": "en", "subscriber__name": "Invented Secret-Person",
         "subscriber__address": "Nowhere 1", "subscriber__document_type": "cn-resident-card", "subscriber__document_number": ""} | further,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("address", "is_asked"), [("/register/", True), ("/transfer/", True), ("/change/", False), ("/register/?kind=company", False)]
)  # fmt: skip
def test_a_way_is_offered_where_somebody_takes_a_line_and_the_law_gives_one(
    at_counter, routed, address, is_asked
):
    routed(STOLEN)

    page = at_counter.get(address).content.decode()

    assert ('name="route"' in page) == is_asked
    assert ("accepted for 30 days" in page) == is_asked


@pytest.mark.parametrize(
    ("length", "said"), [("1, unit: month", "for 1 month)"), ("3, unit: month", "for 3 months)"), ("1, unit: year", "for 1 year)")]
)  # fmt: skip
def test_how_long_a_way_is_accepted_is_said_in_the_unit_of_the_law(at_counter, routed, length, said):
    routed(STOLEN.replace("30, unit: day", length))

    page = at_counter.get("/register/").content.decode()

    assert f"accepted {said}" in page


def test_the_reference_law_offers_none(at_counter):
    assert 'name="route"' not in at_counter.get("/register/").content.decode()


def test_who_shows_a_report_gets_a_receipt_that_does_not_say_registered(at_counter, routed):
    routed(STOLEN)
    number = fresh_number()

    answer = post(at_counter, number, route="police_report")
    receipt = at_counter.get(answer["Location"]).content.decode()

    assert accepted_through([find_line(number).line_id])
    assert "accepted without a document for a time" in receipt
    assert "is registered" not in receipt
    assert "Secret-Person" not in receipt


def test_neither_document_nor_route_is_refused_at_its_field(at_counter, routed):
    routed(STOLEN)
    number = fresh_number()

    answer = post(at_counter, number)

    assert answer.status_code == 422
    assert "(art. 2 ¶1)" in answer.content.decode()
    assert find_line(number) is None


def test_a_document_and_a_way_together_are_refused_beside_the_way(at_counter, routed):
    routed(STOLEN)

    answer = post(
        at_counter, fresh_number(), route="police_report", subscriber__document_number="11010519491231002X"
    )

    assert 'href="#id_route"' in answer.content.decode()
    assert "11010519491231002X" not in answer.content.decode()
