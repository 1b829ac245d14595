# SPDX-License-Identifier: EUPL-1.2
"""A clerk's job from sign-in to the end, in a real browser, with a line that is carried from page to page."""

import re

import pytest

from tests.journeys.conftest import answer_last_questions
from tests.registration.people import person

pytestmark = pytest.mark.browser

SUBMIT = "form[data-quiet] button[type=submit]:not(.rk-read)"
NUMBER = "+8613908977001"


def find(page, number):
    page.keyboard.press("F2")
    page.wait_for_selector("#id_number:focus")
    page.keyboard.type(number)
    page.keyboard.press("Enter")


def register(page, who):
    for name in ("name", "address", "document_number"):
        page.fill(f"#id_subscriber__{name}", who[name])
    page.select_option("#id_subscriber__document_type", who["document_type"])
    answer_last_questions(page)
    page.click(SUBMIT)
    page.wait_for_url("**/receipt/**")


def test_a_clerk_registers_changes_and_ends_a_line_and_types_its_number_once(visitor):
    page, who = visitor.page, person()
    visitor.sign_in("clerk", at=visitor.demo.counter)
    page.keyboard.press("F4")
    page.wait_for_url("**/register/")
    page.fill("#id_number", NUMBER)
    register(page, who)
    assert "+86 … 7001" in page.inner_text("main dl")
    page.click("main button:text('The next person')")

    find(page, NUMBER)
    assert page.inner_text("#answer-title").startswith("+86 … 7001")
    visitor.look("counter-line-registered")
    page.click("main a[href^='/terminate/']")
    assert page.locator("#id_number").count() == 0
    page.fill("#id_document_number", who["document_number"])
    page.select_option("#id_document_type", who["document_type"])
    page.click(SUBMIT)
    panel = page.locator("[data-answers]")
    assert who["document_number"] in panel.inner_text()
    assert page.is_hidden(SUBMIT)
    visitor.look("counter-check-answers")
    panel.locator("[data-back]").click()
    assert page.input_value("#id_document_number") == who["document_number"]
    page.click(SUBMIT)
    panel.locator("[data-go]").click()
    page.wait_for_url("**/receipt/**")

    assert "+86 … 7001" in page.inner_text("main dl")
    page.click("main button:text('Go on with this line')")
    assert "The contract ended on" in page.inner_text("main")
    visitor.look("counter-line-ended")
    assert not [
        address
        for address in page.evaluate("[location.href, document.referrer]")
        if re.search(r"handle|7001|\+86", address)
    ]


@pytest.mark.parametrize(("kind", "of_guardian"), [("minor", 1), ("individual", 0)])
def test_what_is_asked_once_more_says_of_several_people_whose_it_is(visitor, kind, of_guardian):
    page = visitor.page
    visitor.sign_in("clerk", at=visitor.demo.counter, to=f"/transfer/?kind={kind}")
    for field in page.locator("main form[data-check-answers] :is(input, textarea)[required]:visible").all():
        field.fill("1")
    page.wait_for_selector("[name=confirmed]", state="hidden")
    page.select_option("#id_language", "en")

    page.click(SUBMIT)
    page.wait_for_selector("[data-answers]:visible")

    asked = page.locator("[data-answers] dt").all_inner_texts()
    assert asked.count("The guardian · Full name") == of_guardian
    assert asked.count("The subscriber · Full name") == of_guardian
    assert asked.count("Full name") == 1 - of_guardian


def test_what_is_wrong_stands_next_to_its_field_and_in_the_title(visitor):
    page = visitor.page
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/?kind=company")
    calm = page.title()

    page.click(SUBMIT)

    page.wait_for_selector(".govuk-error-summary")
    wrong = page.locator("[aria-invalid=true]")
    assert page.title() == f"Error: {calm}"
    assert wrong.count() >= 4
    said = {
        one.get_attribute("id"): page.inner_text(f"#{one.get_attribute('id')}_error") for one in wrong.all()
    }
    assert " ".join(said["id_number"].split()) == "Error: Enter the whole number of the line."
    assert all(f"{name}_error" in page.get_attribute(f"#{name}", "aria-describedby") for name in said)
    visitor.look("counter-inline-errors")
    page.fill("#id_number", NUMBER)
    page.click(SUBMIT)
    page.wait_for_function("() => !document.querySelector('#id_number[aria-invalid]')")
    assert page.locator("#id_number_error").count() == 0


def test_without_a_script_the_same_is_said_and_a_tick_is_asked_before_the_end(scriptless_visitor):
    page = scriptless_visitor.page
    scriptless_visitor.type_login("clerk", at=scriptless_visitor.demo.counter)
    page.goto(scriptless_visitor.demo.counter + "/terminate/")

    page.click(SUBMIT)

    assert page.title().startswith("Error: ")
    assert "Enter the whole number of the line." in page.inner_text("#id_number_error")
    assert "Check it with the subscriber" in page.inner_text("#id_confirmed_error")
    assert "warning" in page.get_attribute(SUBMIT, "class")


def test_the_keys_are_shown_under_a_question_mark(visitor):
    page = visitor.page
    visitor.sign_in("clerk", at=visitor.demo.counter)

    page.click("[data-keys-button]")

    assert page.is_visible("dialog[data-keys]")
    visitor.look("counter-keys")


def test_what_a_supervisor_confirmed_comes_to_the_clerk_by_itself(visitor, chromium):
    clerk, counter = visitor.page, visitor.demo.counter
    context = chromium.new_context(locale="en-GB", bypass_csp=True)
    officer = type(visitor)(context.new_page(), visitor.demo)
    officer.sign_in("data_protection_officer", at=counter, to="/pending-approvals/")
    visitor.sign_in("clerk", at=counter, to="/register/")
    from tests.journeys.test_counter_in_a_browser import hold_for_approval

    hold_for_approval(clerk, counter)
    reference = clerk.inner_text(".rk-reference--large")

    waiting = officer.page.locator("section", has_text=reference)
    waiting.wait_for(timeout=30_000)
    officer.page.locator("nav .rk-count").first.wait_for(timeout=30_000)
    waiting.locator("button[value=yes]").click()

    clerk.wait_for_selector(".govuk-panel--confirmation", timeout=60_000)
    context.close()
