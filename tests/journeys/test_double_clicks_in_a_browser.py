"""The counter in a hurry, in a real browser: the keyboard alone, and a double click."""

import pytest

from tests.registration.people import fresh_number, person

pytestmark = pytest.mark.browser

MOST_KEYS = 15
WAIT_MS = 60_000
SUBMIT = "form[data-offline] button[type=submit]:not(.rk-read)"


def at_the_form(visitor):
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/")
    visitor.page.wait_for_selector("form[data-lock] kbd:visible")
    return visitor.page


def fill(page, number, who):
    page.fill("#id_number", number)
    for name in ("name", "address", "document_number"):
        page.fill(f"#id_subscriber__{name}", who[name])
    page.select_option("#id_subscriber__document_type", who["document_type"])
    page.select_option("#id_language", "en")


class Clerk:
    """A clerk with a keyboard and no mouse, who counts every key press that is not personal data."""

    def __init__(self, page):
        self.page, self.presses = page, 0

    def press(self, key):
        self.page.keyboard.press(key)
        self.presses += 1

    def go_to(self, field):
        while self.page.evaluate("document.activeElement.id") != field:
            self.press("Tab")
            assert self.presses <= MOST_KEYS, f"{field} is not reached"

    def type_into(self, field, text):
        self.go_to(field)
        self.page.keyboard.type(text)

    def register(self, number, who):
        """Type the data of a passport, and send it."""
        self.type_into("id_number", number)
        self.type_into("id_subscriber__name", who["name"])
        self.type_into("id_subscriber__address", who["address"])
        self.go_to("id_subscriber__document_type")
        self.press("p")
        assert self.page.input_value("#id_subscriber__document_type") == "passport"
        self.type_into("id_subscriber__document_state", "NPL")
        self.type_into("id_subscriber__document_number", "X4711991")
        self.go_to("id_language")
        self.press("e")
        self.press("Tab")
        self.press("Enter")


def test_somebody_is_registered_with_the_keyboard_alone_in_few_presses(strict_visitor):
    page, who = at_the_form(strict_visitor), person()
    clerk = Clerk(page)

    clerk.register("+8613908919911", who)

    page.wait_for_url("**/receipt/**", timeout=WAIT_MS)
    assert clerk.presses <= MOST_KEYS


def test_a_double_click_is_one_submission_and_one_receipt(strict_visitor):
    page = at_the_form(strict_visitor)
    fill(page, "+8613908919912", person())
    posted = []
    page.on(
        "request",
        lambda asked: (
            posted.append(asked.url) if asked.method == "POST" and asked.url.endswith("individual") else None
        ),
    )

    page.dblclick(SUBMIT, no_wait_after=True)

    page.wait_for_url("**/receipt/**", timeout=WAIT_MS)
    assert len(posted) == 1
    assert "again" not in page.url


def test_who_goes_back_after_sending_is_told_that_it_is_recorded_once(strict_visitor):
    page = at_the_form(strict_visitor)
    fill(page, "+8613908919913", person())
    page.click(SUBMIT)
    page.wait_for_url("**/receipt/**", timeout=WAIT_MS)
    receipt = page.url.partition("/receipt/")[2]

    page.go_back()

    told = page.locator("[data-recorded]")
    assert "is recorded, once" in told.inner_text()
    assert "+8613908919913" not in page.content()
    assert page.input_value("#id_number") == ""
    told.locator("a").click()
    page.wait_for_url(f"**/receipt/{receipt}")
    page.locator("main form button", has_text="The next person").click()
    page.goto(strict_visitor.demo.counter + "/register/")
    assert page.locator("[data-recorded]").count() == 0


def test_a_form_that_was_sent_for_another_line_says_so_and_can_be_sent_at_once(visitor):
    page, keys = at_the_form(visitor), []
    for _ in range(2):
        who = person()
        page.goto(visitor.demo.counter + "/register/")
        fill(page, fresh_number(), who)
        if keys:
            page.evaluate("key => { document.querySelector('#id_submission_key').value = key }", keys[0])
        keys.append(page.input_value("#id_submission_key"))
        page.click(SUBMIT)
        if len(keys) == 1:
            page.wait_for_url("**/receipt/**", timeout=WAIT_MS)

    page.wait_for_selector("#faults .rk-refusal", timeout=WAIT_MS)
    assert "This was sent before" in page.inner_text("#faults")
    assert page.input_value("#id_subscriber__name") == who["name"]
    page.click(SUBMIT)
    page.wait_for_url("**/receipt/**", timeout=WAIT_MS)
