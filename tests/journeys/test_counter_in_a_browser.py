"""The counter in a real browser: its pages in three languages and two widths."""

import re

import pytest

pytestmark = pytest.mark.browser

# A line in dispute is not disputed again: each language has a line of its own in the home that all of them share.
NUMBERS = {"en": "+8613908910005", "zh-hans": "+8613908910006", "bo": "+8613908910007"}


@pytest.mark.parametrize("language", list(NUMBERS))
def test_every_kind_of_page_is_sound_in_every_language_and_width(visitor, language):
    page, counter = visitor.page, visitor.trial.counter
    page.goto(counter + "/")
    page.click(f"button[name=language][value={language}]")
    visitor.sign_in("clerk", at=counter)
    visitor.look("counter-find")
    page.fill("#id_number", NUMBERS[language])
    page.locator("main form button").first.click()
    visitor.look("counter-found")
    for address in ("register/?kind=company", "pause/"):
        page.goto(f"{counter}/{address}")
        visitor.look("counter-" + re.sub(r"\W+", "-", address).strip("-"))
    page.goto(counter + "/transfer/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector(".govuk-error-summary")
    visitor.look("counter-faults")
    page.goto(counter + "/dispute/")
    page.fill("#id_number", NUMBERS[language])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/receipt/**")
    visitor.look("counter-receipt")
    page.goto(counter + "/receipt/12345678/")
    visitor.look("counter-no-receipt")
