# SPDX-License-Identifier: EUPL-1.2
"""A browser is led on after every form: neither Back nor Reload sends one again, and nothing that was typed is kept."""

import re

import pytest

from tests.portal.test_pages import do, register_line, text
from tests.selfcare.people import NUMBER, PERSON

BROWSER = {"HTTP_SEC_FETCH_MODE": "navigate"}


def sent(browser, at, form):
    """Send a form as a browser does; return where it leads, and what is said there."""
    answer = browser.post(at, form, **BROWSER)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"], text(browser.get(answer["Location"]))


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


def test_a_page_that_waits_for_a_code_is_loaded_again_without_a_try(browser, at_portal):
    register_line()
    at, page = sent(browser, "/", {"number": NUMBER})
    waiting = {name: hidden(page, name) for name in ("code_request", "note")}
    wrong = str(int(at_portal.newest_code) ^ 1).zfill(8)

    faulty_at, faulty = sent(browser, "/code/", waiting | {"code": wrong})
    again = [text(browser.get("/code/")) for _ in range(6)]
    came, _ = sent(browser, "/code/", waiting | {"code": at_portal.newest_code})

    assert at == faulty_at == "/code/"
    assert "Error: " in faulty
    assert wrong not in faulty
    assert not [page for page in again if "Error: " in page or hidden(page, "note") != waiting["note"]]
    assert came == "/lines/"
    assert browser.get("/code/")["Location"] == "/lines/"


def test_without_a_number_no_page_waits_for_a_code(browser):
    assert browser.get("/code/")["Location"] == "/"


def test_what_is_wrong_is_said_once_after_a_number_that_is_none(browser):
    at, page = sent(browser, "/", {"number": "none"})

    assert at == "/"
    assert "Error: " in page
    assert "Error: " not in text(browser.get("/"))


def test_faults_of_a_proof_lead_back_to_it_and_keep_no_name(come_in):
    register_line()
    browser = come_in()
    typed = {
        "document_type": "passport",
        "document_state": "NPL",
        "document_number": "X00000000",
        "name": "Somebody",
    }

    at, page = sent(browser, "/verify/", typed)

    assert at == "/verify/"
    assert "Tries left" in page
    assert '<option value="passport" selected>' in page
    assert not [one for one in ("X00000000", "Somebody") if one in page or one in str(browser.cookies)]


def test_a_faulty_action_leads_back_to_its_line_with_the_days_that_were_chosen(come_in, prove):
    here, _ = register_line(), register_line("+8613908915678")
    browser = come_in()
    prove(PERSON)
    form = {
        "key": "some-key-of-a-page",
        "line": str(here),
        "reason": "abroad",
        "first": "2012-03-09",
        "last": "2012-03-01",
    }

    at, page = sent(browser, "/do/pause/", form)

    assert at == "/do/pause/"
    assert hidden(page, "line") == str(here)
    assert 'value="2012-03-09"' in page
    assert "Error: " in page
    assert 'name="first"' not in text(browser.get(at))  # which line is asked again


def test_a_program_gets_the_faults_as_the_answer(come_in):
    register_line()
    browser = come_in()

    assert do(browser, "terminate", "", sure="").status_code == 422
    assert browser.post("/verify/", {}).status_code == 422


@pytest.mark.parametrize("forged", ["{}", "eyJzYWlkIjogMX0", "x" * 4000])
def test_a_forged_cookie_says_nothing(browser, forged):
    browser.cookies["rollkeeper_portal_session"] = forged

    assert "Error: " not in text(browser.get("/"))
