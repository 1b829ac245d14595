"""What a person takes along from the counter, as it comes out of the printer: the receipt, and the reason of a refusal."""

import pypdfium2
import pytest

from tests.journeys.conftest import Visitor, answer_last_questions
from tests.journeys.test_double_clicks_in_a_browser import SUBMIT, at_the_form, fill
from tests.registration.people import person

pytestmark = pytest.mark.browser

NUMBER, WHO = "+8613908919921", person()
NOT_THEIRS = "QQ4711991"
# The decision does not name the replacement of a SIM card: the refusal rests on a rule of the operator.
ARTICLES = {"en": "operator's rule 6", "zh-hans": "本企业规定第六条", "bo": "སྒྲིག་སྲོལ་ 6"}


def printed(page):
    """Return the words that come out of the printer, and on how many sheets."""
    document = pypdfium2.PdfDocument(page.pdf(format="A4"))
    words = " ".join(sheet.get_textpage().get_text_range() for sheet in document)
    return " ".join(words.split()), len(document)


def letters(text):
    """Return a text without what a line's end does to it: where a reference is broken, its hyphen becomes another mark."""
    return "".join(filter(str.isalnum, text))


@pytest.fixture(scope="module")
def receipt(chromium, demo):
    """A subscriber was registered for the line, and this is the printed receipt."""
    context = chromium.new_context(locale="en-GB")
    page = at_the_form(Visitor(context.new_page(), demo))
    fill(page, NUMBER, WHO)
    answer_last_questions(page)
    page.click(SUBMIT)
    page.wait_for_url("**/receipt/**")
    given = page.locator("dd code").last.inner_text(), *printed(page)
    context.close()
    return given


def test_a_receipt_is_one_sheet_with_its_code_and_nothing_about_the_person(receipt):
    code, words, sheets = receipt

    assert sheets == 1
    assert code in words
    assert not [value for value in (*WHO.values(), NUMBER) if value in words]


@pytest.mark.parametrize("language", ARTICLES)
def test_a_refusal_is_printed_with_its_article_and_without_what_was_typed(receipt, strict_visitor, language):
    page = strict_visitor.page
    strict_visitor.speak(language)
    strict_visitor.sign_in("clerk", at=strict_visitor.demo.counter, to="/replace-sim/")
    page.fill("#id_number", NUMBER)
    page.fill("#id_document_number", NOT_THEIRS)
    page.click("main form[data-offline] button[type=submit]")
    page.wait_for_selector("#faults [data-print]:visible")
    said = page.inner_text("#faults .govuk-error-summary__list li")

    page.evaluate("window.print = () => { window.wasPrinted = true }")
    page.click("#faults [data-print]")
    words, sheets = printed(page)

    assert page.evaluate("window.wasPrinted")
    assert sheets == 1
    assert page.inner_text("h1") in words
    assert ARTICLES[language] in said
    assert letters(said) in letters(words)
    assert not [value for value in (NUMBER, NOT_THEIRS) if value in words]


def test_a_form_that_somebody_fills_in_is_not_printed(strict_visitor):
    page = at_the_form(strict_visitor)
    fill(page, NUMBER, WHO)

    words, _ = printed(page)

    assert page.inner_text("h1") in words
    assert not [value for value in (*WHO.values(), NUMBER) if value in words]
