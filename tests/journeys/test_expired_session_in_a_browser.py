# SPDX-License-Identifier: EUPL-1.2
"""A session that ends, or a network that goes, while a form is filled in: nothing typed is lost, and what came of it is said."""

import pytest

from tests.journeys.conftest import answer_last_questions
from tests.registration.people import person

pytestmark = pytest.mark.browser

NUMBER = "+8613908910003"
SESSION = "rollkeeper_counter_session"
KEPT = "[data-session-ended]"
SUBMIT = "form[data-quiet] button[type=submit]:not(.rk-read)"


def filled(visitor):
    """Open the page of one line, and type a number."""
    visitor.sign_in("supervisor", to="/line/")
    page = visitor.page
    page.fill("#id_number", NUMBER)
    page.wait_for_selector("body.js-enabled")
    return page


def at_counter_form(visitor, form):
    """Open a form of the counter, and type a number."""
    visitor.sign_in("clerk", at=visitor.demo.counter, to=f"/{form}/")
    page = visitor.page
    page.fill("#id_number", NUMBER)
    page.wait_for_function("() => window.htmx")
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
    with elsewhere.page.expect_navigation():
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


def test_lines_stay_marked_where_a_person_must_confirm_first_that_it_is_they(strict_visitor):
    page, backoffice = filled(strict_visitor), strict_visitor.demo.backoffice
    strict_visitor.sign_in("campaign_manager", to="/unreachable/")
    page.wait_for_selector("body.js-enabled")
    page.locator("input[name=lines]").first.check()
    # As the register says it some minutes after a sign-in.
    asking = '<h1 data-confirm-at="/account/reauthenticate/?next=/account/sessions/">'
    page.route(
        "**/account/sessions/",
        lambda route: fulfil(route, lambda text: text.replace("<h1 ", asking[:-1] + " ", 1)),
    )

    page.get_by_role("button", name="I answer for the lines").click()
    page.wait_for_selector("[data-unconfirmed]", state="visible")

    assert page.locator("input[name=lines]").first.is_checked()
    with page.context.expect_page() as opened:
        page.click("[data-unconfirmed] a")
    opened.value.wait_for_url(f"{backoffice}/account/reauthenticate/?next=/account/sessions/")
    page.unroute("**/account/sessions/")
    page.wait_for_timeout(1_500)  # a second click at once is taken for one
    page.get_by_role("button", name="I answer for the lines").click()
    page.wait_for_selector("text=You answer for 1 line.")


def fulfil(route, change):
    """Answer as the register does, with a page that says something else."""
    answer = route.fetch()
    route.fulfill(response=answer, body=change(answer.text()))


def test_a_form_that_is_sent_twice_at_once_is_one_request(strict_visitor):
    page, posted = filled(strict_visitor), []
    some_minutes_pass(page)
    page.on("request", lambda asked: posted.append(asked.url) if asked.method == "POST" else None)

    page.locator("main form button").first.dblclick(no_wait_after=True)
    page.wait_for_selector("h1:has-text('Why this line')")

    assert len(posted) == 1


def end_session(page, counter):
    """End the session at the register, unknown to the page: an answer that is still on its way cannot bring it back."""
    form = {"csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
    answer = page.request.post(f"{counter}/account/logout/", form=form, headers={"Referer": f"{counter}/"})
    assert "/account/login/" in answer.url


@pytest.mark.parametrize("form", ["register", "reconnect"])
def test_a_counter_says_that_its_session_ended_and_keeps_what_was_typed(strict_visitor, form):
    page, counter = at_counter_form(strict_visitor, form), strict_visitor.demo.counter
    end_session(page, counter)

    page.click(SUBMIT)
    page.wait_for_selector("#faults .govuk-error-summary")

    assert "Your session has ended, and nothing was recorded." in page.inner_text("#faults")
    assert "Load this page again" not in page.inner_text("#faults")
    assert page.title().startswith("Error: ")
    assert page.input_value("#id_number") == NUMBER
    assert page.is_enabled(SUBMIT)
    assert page.locator("[data-slip]:not([hidden])").count() == 0
    with page.context.expect_page() as opened:
        page.click("#faults a")
    elsewhere = type(strict_visitor)(opened.value, strict_visitor.demo)
    elsewhere.sign_in("supervisor", at=counter)
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 401):
        page.click(SUBMIT)
    end_session(elsewhere.page, counter)
    elsewhere.sign_in("clerk", at=counter)
    assert page.input_value("#id_number") == NUMBER
    page.click(SUBMIT)
    page.wait_for_selector("#faults a[href^='#id_'], .govuk-panel--confirmation, #faults .rk-refusal")
    strict_visitor.complaints.clear()


def test_a_whole_registration_waits_sealed_and_the_clerk_hears_of_the_ended_session(strict_visitor):
    page, counter = at_counter_form(strict_visitor, "register"), strict_visitor.demo.counter
    who = person()
    page.wait_for_function("() => !!document.querySelector('[name=submission_key]').value")
    for name in ("name", "address", "document_number"):
        page.fill(f"#id_subscriber__{name}", who[name])
    page.select_option("#id_subscriber__document_type", who["document_type"])
    answer_last_questions(page)
    page.route("**/offline/submissions/", lambda route: route.abort())  # the form's own answer must say it
    end_session(page, counter)

    page.click(SUBMIT)
    page.wait_for_selector("[data-slip]:not([hidden])")

    assert "You are signed out." in page.inner_text("[data-offline-queue]")
    strict_visitor.complaints.clear()


def test_a_counter_says_that_no_answer_came_to_a_form_that_cannot_wait(strict_visitor):
    page = at_counter_form(strict_visitor, "reconnect")
    page.context.set_offline(True)

    page.click(SUBMIT)
    page.wait_for_selector("#faults .govuk-error-summary")
    told = page.inner_text("#faults")
    page.context.set_offline(False)
    page.click(SUBMIT)
    page.wait_for_selector("#faults a[href='#id_number'], .govuk-panel--confirmation")

    strict_visitor.complaints.clear()
    assert "it is recorded only once" in told
