"""The subscriber's own door in a real browser: in by a code, every page in three languages and two widths, and out."""

import json
import os
import re
import subprocess
import sys
import time

import pytest

from tests.journeys.conftest import Visitor
from tests.journeys.test_passkeys_in_a_browser import device

pytestmark = pytest.mark.browser

PAGES = ("", "mine/", "who-looked/", "receipts/", "held/", "prove/", "counter-code/", "do/pause/", "do/dispute/", "do/appeal/",
         "do/not-mine/", "do/correct/", "do/end/", "do/lift/", "do/name/", "do/unname/", "do/deceased/", "do/here/")  # fmt: skip


@pytest.fixture(scope="module")
def subscriber(trial):
    return json.loads((trial.home / "demo-subscriber.json").read_text("utf-8"))


def come_in(visitor, subscriber):
    """Ask for a code, read it as it lies in the outbox, and type it."""
    outbox = visitor.trial.home / "outbox" / "messages.jsonl"
    before = outbox.stat().st_size
    visitor.page.goto(visitor.trial.portal + "/")
    visitor.page.fill("#id_number", subscriber["number"])
    visitor.page.locator("main form button").first.click()
    for _ in range(600):
        if outbox.stat().st_size > before and outbox.read_text("utf-8").endswith("\n"):
            break
        time.sleep(0.1)
    told = json.loads(outbox.read_text("utf-8").splitlines()[-1])["text"]
    visitor.page.fill("#id_code", re.search(r"\d{8}", told)[0])
    visitor.page.locator("main form button").first.click()
    visitor.page.wait_for_url("**/mine/")


@pytest.fixture(scope="module")
def visits(chromium, trial, subscriber):
    """The cookies of two visits, one with the second proof: one source gets no more than two codes for a line in an hour."""
    held = {}
    for name in ("in hand", "proved"):
        context = chromium.new_context(locale="en-GB")
        visitor = Visitor(context.new_page(), trial)
        come_in(visitor, subscriber)
        if name == "proved":
            prove(visitor, subscriber)
        held[name] = context.cookies()
        context.close()
    return held


def test_every_page_is_sound_in_every_language_and_width(visitor, visits):
    page, portal = visitor.page, visitor.trial.portal
    page.context.add_cookies(visits["in hand"])

    for language in ("en", "zh-hans", "bo"):
        page.goto(portal + "/mine/")
        page.click(f"button[name=language][value={language}]")
        for address in PAGES:
            page.goto(f"{portal}/{address}")
            visitor.look("portal-" + (re.sub(r"\W+", "-", address).strip("-") or "door"))


def prove(visitor, subscriber):
    """Give the second proof."""
    page = visitor.page
    page.goto(visitor.trial.portal + "/prove/")
    page.select_option("#id_document_type", subscriber["document_type"])
    page.fill("#id_document_number", subscriber["document_number"])
    page.fill("#id_name", subscriber["name"])
    page.locator("main form button").first.click()
    page.wait_for_url("**/mine/")


def test_every_state_after_the_second_proof_is_sound_too(visitor, visits):
    page, portal = visitor.page, visitor.trial.portal
    page.context.add_cookies(visits["proved"])
    page.goto(portal + "/do/end/")
    page.locator("main form button").first.click()
    visitor.look("portal-refused")

    for language in ("en", "zh-hans", "bo"):
        page.goto(portal + "/mine/")
        page.click(f"button[name=language][value={language}]")
        visitor.look("portal-mine-proved")
        page.goto(portal + "/held/")
        page.locator("main form[action$='/held/'] button").click()
        visitor.look("portal-held-in-clear")
        page.goto(portal + "/who-looked/")
        visitor.look("portal-who-looked-proved")
        page.goto(portal + "/passkeys/")
        visitor.look("portal-passkeys")


ASK = """
import django, sys; django.setup()
from rollkeeper.access.acts import authority_of
from rollkeeper.access.models import Staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.queries import find_line_written
from rollkeeper.rights.consenting import ask_consent
from rollkeeper.vault.fields import Field
line = find_line_written(sys.argv[1], country="CN")
with act():
    ask_consent(authority_of(Staff.objects.get(username="auditor")), line.line_id, sample_id=new_uuid(),
                fields=[Field.NAME, Field.DOCUMENT_NUMBER], on=clock.today())
"""


def test_what_an_auditor_asks_is_allowed_and_taken_back_without_a_script(
    visitor, scriptless_visitor, visits, subscriber
):
    trial = visitor.trial
    subprocess.run(
        [sys.executable, "-c", ASK, subscriber["number"]], check=True, capture_output=True,
        env=os.environ | {"ROLLKEEPER_HOME": str(trial.home), "ROLLKEEPER_ROLE": "office"},
    )  # fmt: skip
    visitor.page.context.add_cookies(visits["proved"])
    scriptless_visitor.page.context.add_cookies(visits["proved"])
    page = scriptless_visitor.page

    for language in ("en", "zh-hans", "bo"):
        visitor.page.goto(trial.portal + "/mine/")
        visitor.page.click(f"button[name=language][value={language}]")
        visitor.look("portal-mine-asked")
    page.goto(trial.portal + "/mine/")
    page.get_by_role("button", name="Let them see these entries").click()
    allowed = page.inner_text("main")
    page.get_by_role("button", name="Take it back").click()

    assert "You allowed it through" in allowed
    assert "No auditor sees your record." in page.inner_text("body")
    assert page.get_by_role("button", name="Let them see these entries").count() == 1


def test_a_passkey_is_added_shows_its_holder_in_the_next_visit_and_is_removed(strict_visitor, visits):
    page, portal = strict_visitor.page, strict_visitor.trial.portal
    device(page)
    page.context.add_cookies(visits["proved"])
    page.goto(portal + "/passkeys/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/passkeys/")
    page.get_by_text("A passkey was added").wait_for()
    page.context.clear_cookies()
    page.context.add_cookies(visits["in hand"])

    page.goto(portal + "/prove/")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/mine/")
    shown = page.inner_text("main")
    page.goto(portal + "/passkeys/")
    page.locator("form[action$='/passkeys/remove/'] button").click()

    assert "You now see every line in your name." in shown
    assert "Passkeys that show who you are: 1." in shown
    assert "You have none." in page.inner_text("main")


def test_where_the_browser_gives_no_passkey_it_says_so_and_number_and_name_do_the_same(visitor, visits):
    page, elsewhere = visitor.page, visitor.trial.portal.replace("localhost", "127.0.0.1")
    device(page)
    page.context.add_cookies([one | {"domain": "127.0.0.1"} for one in visits["proved"]])
    page.goto(elsewhere + "/prove/")

    page.locator("form[data-passkey] button").click()
    page.get_by_text("Your browser gave no passkey").wait_for()

    assert page.locator("#id_document_number").is_visible()


def test_an_heir_is_named_and_a_death_reported_and_denied_without_a_script(scriptless_visitor, visits):
    page, portal = scriptless_visitor.page, scriptless_visitor.trial.portal
    page.context.add_cookies(visits["proved"])
    page.goto(portal + "/mine/")

    page.click("a[href*='/do/name/']")
    page.check("#id_part_1")
    page.select_option("#id_document_type", "other")
    page.fill("#id_document_number", "HEIR-123456")
    page.locator("main form button").first.click()
    named = page.inner_text("main")
    page.locator("a[href*='/do/deceased/']").first.click()
    page.locator("main form button").first.click()
    claimed = page.inner_text("main")
    page.locator("a[href*='/do/here/']").first.click()
    page.locator("main form button").first.click()

    assert "My heir" in named
    assert "HEIR-123456" not in named
    assert "The holder is said to have died" in claimed
    assert "Decided: it stays as it is." in page.inner_text("main")
    assert page.url == portal + "/mine/"


def test_a_page_weighs_less_than_a_hundred_kilobytes_with_all_that_it_fetches(chromium, trial, subscriber):
    fresh = chromium.new_context(locale="en-GB")
    visitor = Visitor(fresh.new_page(), trial)
    network = fresh.new_cdp_session(visitor.page)
    network.send("Network.enable")
    came = []
    network.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))

    visitor.page.goto(trial.portal + "/", wait_until="networkidle")

    first, told = sum(came), len(came)
    fresh.close()
    assert told > 1
    assert first < 100_000, f"{first} bytes"


def test_what_is_held_is_read_without_a_script_once_one_has_shown_who_one_is(
    scriptless_visitor, subscriber, visits
):
    page, portal = scriptless_visitor.page, scriptless_visitor.trial.portal
    page.context.add_cookies(visits["in hand"])
    page.goto(portal + "/held/")
    hidden = page.inner_text("main")
    page.goto(portal + "/prove/")
    page.select_option("#id_document_type", subscriber["document_type"])
    page.fill("#id_document_number", subscriber["document_number"])
    page.fill("#id_name", subscriber["name"])

    page.locator("main form button").first.click()
    page.goto(portal + "/held/")
    page.locator("main form[action$='/held/'] button").click()

    assert subscriber["document_number"] not in hidden
    assert subscriber["document_number"] in page.inner_text("main")
    assert subscriber["name"] not in page.title() + page.url
    page.goto(portal + "/held/")
    assert subscriber["document_number"] not in page.inner_text("main")
