"""The subscriber portal in a real browser: in by a code, every page in three languages and two widths, and out."""

import json
import os
import re
import subprocess
import time

import pytest

from tests.journeys.conftest import Visitor, lent_command
from tests.journeys.test_passkeys_in_a_browser import device

pytestmark = pytest.mark.browser

PAGES = ("", "lines/", "access-history/", "receipts/", "personal-data/", "verify/", "counter-code/", "do/pause/", "do/dispute/", "do/appeal/",
         "do/not-mine/", "do/correct/", "do/terminate/", "do/reconnect/", "do/add-delegate/", "do/remove-delegate/", "do/report-death/", "do/deny-death/")  # fmt: skip


@pytest.fixture(scope="module")
def subscriber(demo):
    return json.loads((demo.data_dir / "demo-subscriber.json").read_text("utf-8"))


def come_in(visitor, subscriber):
    """Ask for a code, read it as it lies in the outbox, and type it."""
    outbox = visitor.demo.data_dir / "outbox" / "messages.jsonl"
    before = outbox.stat().st_size
    visitor.page.goto(visitor.demo.portal + "/")
    visitor.page.fill("#id_number", subscriber["number"])
    visitor.page.locator("main form button").first.click()
    for _ in range(600):
        if outbox.stat().st_size > before and outbox.read_text("utf-8").endswith("\n"):
            break
        time.sleep(0.1)
    sent = json.loads(outbox.read_text("utf-8").splitlines()[-1])["text"]
    visitor.page.fill("#id_code", re.search(r"\d{8}", sent)[0])
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_url("**/lines/")


@pytest.fixture(scope="module")
def sessions(chromium, demo, subscriber):
    """The cookies of two sessions, one with the second proof: one source gets no more than two codes for a line in an hour."""
    held = {}
    for name in ("in hand", "proved"):
        context = chromium.new_context(locale="en-GB")
        visitor = Visitor(context.new_page(), demo)
        come_in(visitor, subscriber)
        if name == "proved":
            prove(visitor, subscriber)
        held[name] = context.cookies()
        context.close()
    return held


def test_every_page_is_sound_in_every_language_and_width(visitor, sessions):
    page, portal = visitor.page, visitor.demo.portal
    page.context.add_cookies(sessions["in hand"])

    for language in ("en", "zh-hans", "bo"):
        page.goto(portal + "/lines/")
        page.click(f"button[name=language][value={language}]")
        for address in PAGES:
            page.goto(f"{portal}/{address}")
            visitor.look("portal-" + (re.sub(r"\W+", "-", address).strip("-") or "start"))


LINES_OF_TEXT = """() => {
  const feet = [], words = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text; (text = words.nextNode()); ) {
    if (!text.data.trim() || !text.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    feet.push(...[...range.getClientRects()].map((one) => one.bottom));
  }
  return feet.sort((a, b) => a - b).filter((one, at) => at === 0 || one - feet[at - 1] > 8).length;
}"""


@pytest.mark.parametrize(("language", "most"), [("en", 10), ("zh-hans", 10), ("bo", 12)])
def test_what_is_held_is_ten_lines_on_a_telephone(visitor, sessions, language, most):
    page, portal = visitor.page, visitor.demo.portal
    page.context.add_cookies(sessions["in hand"])
    page.set_viewport_size({"width": 320, "height": 640})

    visitor.speak(language)
    page.goto(portal + "/personal-data/")

    assert page.get_attribute("html", "lang") == language
    assert page.locator("main .rk-record").count() == 1
    assert page.locator("main details[open]").count() == 0
    assert page.evaluate(LINES_OF_TEXT) <= most, "Tibetan words are longer"
    assert page.locator("main").bounding_box()["height"] <= 640, "one screen"


def test_the_documentation_is_sound_on_every_width(visitor):
    portal = visitor.demo.portal
    for name in ("", "docs/subscriber/", "docs/provisioning/", "docs/the-decision/", "docs/runbook/alarm/"):
        visitor.page.goto(f"{portal}/documentation/{name}")
        visitor.look("documentation-" + (re.sub(r"\W+", "-", name).strip("-") or "contents"))


def prove(visitor, subscriber):
    """Give the second proof."""
    page = visitor.page
    page.goto(visitor.demo.portal + "/verify/")
    page.select_option("#id_document_type", subscriber["document_type"])
    page.fill("#id_document_number", subscriber["document_number"])
    page.fill("#id_name", subscriber["name"])
    page.locator("main form button").first.click()
    page.wait_for_url("**/lines/")


def test_every_state_after_the_second_proof_is_sound_too(visitor, sessions):
    page, portal = visitor.page, visitor.demo.portal
    page.context.add_cookies(sessions["proved"])
    page.goto(portal + "/do/terminate/")
    page.locator("main form button").first.click()
    visitor.look("portal-refused")

    for language in ("en", "zh-hans", "bo"):
        visitor.speak(language)
        page.goto(portal + "/lines/")
        visitor.look("portal-mine-proved")
        page.goto(portal + "/personal-data/")
        page.locator("main form[action$='/personal-data/'] button").click()
        visitor.look("portal-held-in-clear")
        page.goto(portal + "/access-history/")
        visitor.look("portal-who-looked-proved")
        page.goto(portal + "/passkeys/")
        visitor.look("portal-passkeys")


def test_what_an_auditor_asks_is_allowed_and_taken_back_without_a_script(
    visitor, scriptless_visitor, sessions, subscriber, tmp_path
):
    demo = visitor.demo
    subprocess.run(
        [lent_command(tmp_path / "lent"), "@tests.journeys.asking:main", subscriber["number"]], check=True, capture_output=True,
        env=os.environ | {"ROLLKEEPER_HOME": str(demo.data_dir), "ROLLKEEPER_ROLE": "backoffice"},
    )  # fmt: skip
    visitor.page.context.add_cookies(sessions["proved"])
    scriptless_visitor.page.context.add_cookies(sessions["proved"])
    page = scriptless_visitor.page

    for language in ("en", "zh-hans", "bo"):
        visitor.speak(language)
        visitor.page.goto(demo.portal + "/lines/")
        visitor.look("portal-mine-asked")
    page.goto(demo.portal + "/lines/")
    page.get_by_role("button", name="Let them see these entries").click()
    allowed = page.inner_text("main")
    page.get_by_role("button", name="Withdraw").click()

    assert "You allowed it through" in allowed
    assert "No auditor sees your record." in page.inner_text("body")
    assert page.get_by_role("button", name="Let them see these entries").count() == 1


def test_a_passkey_is_added_proves_its_owner_in_the_next_session_and_is_removed(strict_visitor, sessions):
    page, portal = strict_visitor.page, strict_visitor.demo.portal
    device(page)
    page.context.add_cookies(sessions["proved"])
    page.goto(portal + "/passkeys/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/passkeys/")
    page.get_by_text("A passkey was added").wait_for()
    page.context.clear_cookies()
    page.context.add_cookies(sessions["in hand"])

    page.goto(portal + "/verify/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/lines/")
    shown = page.inner_text("main")
    page.goto(portal + "/passkeys/")
    page.locator("form[action$='/passkeys/remove/'] button").click()

    assert "You now see every line in your name." in shown
    assert "Passkeys that show who you are: 1." in shown
    assert "You have none." in page.inner_text("main")


def test_a_browser_without_a_passkey_says_so_and_number_and_name_do_instead(visitor, sessions):
    page, elsewhere = visitor.page, visitor.demo.portal.replace("localhost", "127.0.0.1")
    device(page)
    page.context.add_cookies([one | {"domain": "127.0.0.1"} for one in sessions["proved"]])
    page.goto(elsewhere + "/verify/")

    page.locator("form[data-passkey] button").click()
    page.get_by_text("Your browser gave no passkey").wait_for()

    assert page.locator("#id_document_number").is_visible()


def test_a_visit_that_is_over_does_not_look_like_a_passkey_that_fails(visitor, sessions):
    page = visitor.page
    device(page)
    page.context.add_cookies(sessions["proved"])
    page.goto(visitor.demo.portal + "/passkeys/")
    page.context.clear_cookies(name=re.compile("portal_token$"))

    page.locator("form[data-passkey] button").click()

    page.wait_for_url(lambda address: "/passkeys/" not in address)
    assert "Your browser gave no passkey" not in page.inner_text("body")
    assert page.locator("main form input[name=number]").count() == 1


def test_an_heir_is_named_and_a_death_reported_and_denied_without_a_script(scriptless_visitor, sessions):
    page, portal = scriptless_visitor.page, scriptless_visitor.demo.portal
    page.context.add_cookies(sessions["proved"])
    page.goto(portal + "/lines/")

    page.click("a[href*='/do/add-delegate/']")
    page.check("#id_part_1")
    page.select_option("#id_document_type", "other")
    page.fill("#id_document_number", "HEIR-123456")
    page.locator("main form button").first.click()
    named = page.inner_text("main")
    page.locator("a[href*='/do/report-death/']").first.click()
    page.locator("main form button").first.click()
    claimed = page.inner_text("main")
    page.locator("a[href*='/do/deny-death/']").first.click()
    page.locator("main form button").first.click()

    assert "My heir" in named
    assert "HEIR-123456" not in named
    assert "Report that the subscriber has died" in claimed
    assert "Decided: it stays as it is." in page.inner_text("main")
    assert page.url == portal + "/lines/"


def test_a_page_weighs_less_than_a_hundred_kilobytes_with_all_that_it_fetches(chromium, demo, subscriber):
    fresh = chromium.new_context(locale="en-GB")
    visitor = Visitor(fresh.new_page(), demo)
    network = fresh.new_cdp_session(visitor.page)
    network.send("Network.enable")
    came = []
    network.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))

    visitor.page.goto(demo.portal + "/", wait_until="networkidle")

    first, files = sum(came), len(came)
    fresh.close()
    assert files > 1
    assert first < 100_000, f"{first} bytes"


def test_what_is_held_is_read_without_a_script_once_one_has_shown_who_one_is(
    scriptless_visitor, subscriber, sessions
):
    page, portal = scriptless_visitor.page, scriptless_visitor.demo.portal
    page.context.add_cookies(sessions["in hand"])
    page.goto(portal + "/personal-data/")
    hidden = page.inner_text("main")
    page.goto(portal + "/verify/")
    page.select_option("#id_document_type", subscriber["document_type"])
    page.fill("#id_document_number", subscriber["document_number"])
    page.fill("#id_name", subscriber["name"])

    page.locator("main form button").first.click()
    page.goto(portal + "/personal-data/")
    page.locator("main form[action$='/personal-data/'] button").click()

    assert subscriber["document_number"] not in hidden
    assert subscriber["document_number"] in page.inner_text("main")
    assert subscriber["name"] not in page.title() + page.url
    page.goto(portal + "/personal-data/")
    assert subscriber["document_number"] not in page.inner_text("main")
