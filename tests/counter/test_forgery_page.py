# SPDX-License-Identifier: EUPL-1.2
"""A clerk who saw a document that may be forged says so on a page: a case opens, and the line stays as it is."""

from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import find_line
from rollkeeper.selfcare.queries import open_cases
from tests.counter.test_carried_line import found, sent
from tests.counter.test_pages import key, post
from tests.registration.people import fresh_number


def test_a_suspicion_opens_a_case_and_leaves_the_line_as_it_is(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)
    page = found(at_counter, number)

    answer = sent(at_counter, "/suspect-forgery/", sign="altered")

    line = find_line(number)
    assert 'href="/suspect-forgery/?' in page
    assert answer.status_code == 302
    assert [(one.line_id, one.kind, one.about) for one in open_cases()] == [
        (line.line_id, "forgery", "altered")
    ]
    assert (line.is_registered, line.is_disputed, line.state) == (True, False, "active")


def test_what_is_wrong_is_chosen_and_never_typed(at_counter):
    number = fresh_number()
    post(at_counter, "register", number)
    asked = {"submission_key": key(at_counter.get("/suspect-forgery/")), "number": number}

    answers = [at_counter.post("/suspect-forgery/", asked | said) for said in ({}, {"sign": "looks odd"})]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "Choose what is wrong with the document." in answers[0].content.decode()
    assert not open_cases()
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'selfcare:case:opened'")


def test_a_line_without_a_subscriber_has_no_document_to_suspect(at_counter):
    number = fresh_number()
    asked = {"submission_key": key(at_counter.get("/suspect-forgery/")), "number": number, "sign": "altered"}

    answer = at_counter.post("/suspect-forgery/", asked)

    assert answer.status_code == 422
    assert not open_cases()
