"""The counter in a real browser: its pages in three languages and two widths, and as its reader prefers them."""

import re
from itertools import count

import pytest
from stdnum.iso7064.mod_11_2 import is_valid

from tests.journeys.conftest import Visitor
from tests.registration.people import card, person

pytestmark = pytest.mark.browser

# A line in dispute cannot be disputed again: each language has its own line in the shared instance.
NUMBERS = {"en": "+8613908910005", "zh-hans": "+8613908910006", "bo": "+8613908910007"}
FORMS = (
    "register/?kind=company", "register/?kind=minor", "install/", "port_in/", "relocate/", "change/", "replace-sim/", "terminate/", "document-check/",
    "pause/", "reconnect/", "essential/", "receipts/", "offline/forms/", "link-document/",
)  # fmt: skip
CARDS = count(700_001)
PREFERENCES = ({"forced_colors": "active"}, {"reduced_motion": "reduce"}, {"contrast": "more"})


@pytest.mark.parametrize("language", list(NUMBERS))
def test_every_kind_of_page_is_sound_in_every_language_and_width(visitor, language):
    page, counter = visitor.page, visitor.demo.counter
    page.goto(counter + "/")
    page.click(f"button[name=language][value={language}]")
    visitor.look("counter-sign-in")
    visitor.sign_in("clerk", at=counter)
    visitor.look("counter-find")
    page.fill("#id_number", NUMBERS[language])
    page.locator("main form button").first.click()
    visitor.look("counter-found")
    for address in FORMS:
        page.goto(f"{counter}/{address}")
        visitor.look("counter-" + re.sub(r"\W+", "-", address).strip("-"))
    page.goto(counter + "/transfer/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector(".govuk-error-summary")
    visitor.look("counter-faults")
    page.goto(counter + "/dispute/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/receipt/**")
    visitor.look("counter-receipt")
    page.goto(f"{counter}/receipts/{page.locator('dd code').last.inner_text()}/")
    visitor.look("counter-receipt-by-code")
    page.goto(counter + "/receipt/12345678/")
    visitor.look("counter-no-receipt")
    hold_for_approval(page, counter)
    visitor.look("counter-waits-for-a-second")
    page.keyboard.press("F8")
    page.wait_for_url("**/account/login/**")
    visitor.sign_in("data_protection_officer", at=counter)
    visitor.look("counter-find-as-officer")
    confirm(visitor)
    unlink_documents(visitor)


@pytest.fixture(scope="module")
def signed_in(chromium, demo):
    """The cookies of a clerk, but for those that say that the style sheet is there."""
    context = chromium.new_context(locale="en-GB", service_workers="block")
    Visitor(context.new_page(), demo).sign_in("clerk", at=demo.counter)
    cookies = [one for one in context.cookies() if not one["name"].endswith("_css")]
    context.close()
    return cookies


@pytest.mark.parametrize("path", ["/", "/register/?kind=company", "/transfer/", "/change/", "/relocate/"])
def test_a_page_weighs_little_with_all_that_comes_behind_it(chromium, demo, signed_in, path):
    # What a browser keeps for later hours without a network comes with the worker, once, and is no page's.
    context = chromium.new_context(storage_state={"cookies": signed_in}, service_workers="block")
    page, came = context.new_page(), {}
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.on(
        "Network.loadingFinished", lambda event: came.update({event["requestId"]: event["encodedDataLength"]})
    )

    with page.expect_response("**/offline/kept-forms/"):
        page.goto(demo.counter + path)
    page.wait_for_load_state("networkidle")
    context.close()

    assert 50_000 < sum(came.values()) < 100_000, "bin/setup compresses the scripts"


def hold_for_approval(page, counter):
    """Submit a card whose check digit does not fit: a supervisor looks at it as well."""
    if page.url != counter + "/register/":
        page.goto(counter + "/register/")
    wrong = card(next(CARDS))[:-1]
    given = person(document_number=next(wrong + last for last in "0123456789" if not is_valid(wrong + last)))
    page.fill("#id_number", f"+8613976{next(CARDS)}")
    for name in ("name", "address", "document_number"):
        page.fill(f"#id_subscriber__{name}", given[name])
    page.select_option("#id_subscriber__document_type", given["document_type"])
    page.select_option("#id_language", "en")
    page.locator("form[data-offline] button[type=submit]:not(.rk-read)").click()
    page.check("#id_double_checked")
    page.locator("form[data-offline] button[type=submit]:not(.rk-read)").click()
    page.wait_for_url("**/receipt/**")


def confirm(visitor):
    """Look at what waits, approve it a moment too late, and then in time."""
    page, yes = visitor.page, "main form button[value=yes]"
    page.goto(visitor.demo.counter + "/pending-approvals/")
    visitor.look("counter-to-confirm")
    page.locator("main form input[name=key]").last.evaluate("one => { one.value = 'decided-already' }")
    page.locator(yes).last.click()
    page.wait_for_selector(".govuk-error-summary")
    visitor.look("counter-to-confirm-too-late")
    while page.locator(yes).count():
        page.locator(yes).first.click()
        page.wait_for_load_state()
    visitor.look("counter-nothing-to-confirm")


def unlink_documents(visitor):
    """Look at the empty form, and at its faults."""
    page = visitor.page
    page.goto(visitor.demo.counter + "/unlink-document/")
    visitor.look("counter-part-documents")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector(".govuk-error-summary")
    visitor.look("counter-part-documents-faults")


def test_a_form_keeps_to_what_its_reader_prefers_and_loses_nothing_at_twice_the_size(visitor):
    page = visitor.page
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/")
    page.locator("form[data-offline] button[type=submit]:not(.rk-read)").click()
    page.wait_for_selector(".govuk-error-summary")

    for preference in PREFERENCES:
        page.emulate_media(**preference)
        visitor.look("counter-" + next(iter(preference)))
        moving = page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length")
        assert not ("reduced_motion" in preference and moving)
    page.set_viewport_size({"width": 640, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    needed = page.evaluate("document.documentElement.scrollWidth")
    assert needed <= 640


def test_every_field_is_reached_by_keyboard_in_page_order_with_a_visible_focus(visitor):
    page = visitor.page
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/")
    wanted = page.evaluate(
        "[...document.querySelectorAll('form[data-offline] :is(input:not([type=hidden]), select, textarea)')].filter(one => !one.closest('[hidden]')).map(one => one.id)"
    )

    met, unseen = [], []
    for _ in range(60):
        at = page.evaluate(
            "() => { const one = document.activeElement, style = getComputedStyle(one);"
            " return [one.id, style.outlineStyle !== 'none' || style.boxShadow !== 'none']; }"
        )
        met += [at[0]] if at[0] in wanted else []
        unseen += [] if at[1] or at[0] not in wanted else [at[0]]
        if at[0] == wanted[-1]:
            break
        page.keyboard.press("Tab")

    assert met == wanted
    assert not unseen


def test_another_language_asks_before_it_empties_what_was_typed(visitor):
    page, asked = visitor.page, []
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/")
    page.once("dialog", lambda one: (asked.append(one.message), one.dismiss()))

    page.fill("#id_subscriber__name", "Dawa Norbu")
    page.click(".rk-languages [value=zh-hans]")

    assert len(asked) == 1
    assert page.input_value("#id_subscriber__name") == "Dawa Norbu"
    page.once("dialog", lambda one: one.accept())
    with page.expect_navigation():
        page.click(".rk-languages [value=zh-hans]")
    assert page.get_attribute("html", "lang") == "zh-hans"
    with page.expect_navigation():
        page.click(".rk-languages [value=en]")  # with nothing typed it asks nothing
    assert page.get_attribute("html", "lang") == "en"
