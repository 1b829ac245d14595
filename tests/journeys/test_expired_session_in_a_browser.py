# SPDX-License-Identifier: EUPL-1.2
"""A session that ends, or a network that goes, while a form of the back office is filled in: nothing typed is lost."""

import pytest

pytestmark = pytest.mark.browser

NUMBER = "+8613908910003"
KEPT = "[data-session-ended]"


def filled(visitor):
    """Open the page of one line, and type a number."""
    visitor.sign_in("supervisor")
    page = visitor.page
    page.goto(visitor.demo.backoffice + "/line/")
    page.fill("#id_number", NUMBER)
    page.wait_for_selector("body.js-enabled")
    return page


def some_minutes_pass(page):
    page.locator(KEPT).evaluate("one => { one.dataset.minutes = 0; }")


def press(page):
    page.locator("main form button").first.click()


def test_what_was_typed_stays_when_the_session_ended_and_is_sent_after_a_new_sign_in(strict_visitor):
    page = filled(strict_visitor)
    some_minutes_pass(page)
    page.context.clear_cookies(name="rollkeeper_backoffice_session")

    press(page)
    page.wait_for_selector(KEPT, state="visible")
    typed = page.input_value("#id_number")
    with page.context.expect_page() as opened:
        page.click(f"{KEPT} a")
    elsewhere = type(strict_visitor)(opened.value, strict_visitor.demo)
    elsewhere.sign_in("campaign_manager")
    with page.expect_response("**/account/sessions/"):
        press(page)
    page.wait_for_timeout(1_500)
    another = page.inner_text("h1")
    elsewhere.page.get_by_role("button", name="Sign out").click()
    elsewhere.sign_in("supervisor")
    press(page)
    page.wait_for_selector("h1:has-text('Why this line')")

    strict_visitor.complaints.clear()
    assert typed == NUMBER
    assert another == "One line, by its exact number"


def test_what_was_typed_stays_when_the_network_is_gone(strict_visitor):
    page = filled(strict_visitor)
    page.context.set_offline(True)

    press(page)
    page.wait_for_selector(KEPT, state="visible")
    typed = page.input_value("#id_number")
    page.context.set_offline(False)
    press(page)
    page.wait_for_selector("h1:has-text('Why this line')")

    strict_visitor.complaints.clear()
    assert typed == NUMBER


def test_a_form_that_is_sent_twice_at_once_is_one_request(strict_visitor):
    page, posted = filled(strict_visitor), []
    some_minutes_pass(page)
    page.on("request", lambda asked: posted.append(asked.url) if asked.method == "POST" else None)

    page.locator("main form button").first.dblclick(no_wait_after=True)
    page.wait_for_selector("h1:has-text('Why this line')")

    assert len(posted) == 1
