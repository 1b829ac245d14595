"""A line is registered remotely in a real browser, seen at the counter, in two tabs and over the end of a session."""

import json
import re

import pytest

from rollkeeper.documents.specimens.people import invent
from tests.builders.documents import passport_picture
from tests.documents.conftest import fonts  # noqa: F401 - without fonts no specimen can be drawn
from tests.journeys.conftest import Visitor
from tests.journeys.test_portal_in_a_browser import come_in

pytestmark = pytest.mark.browser

WHO = invent(11)
NAME = " ".join(f"{WHO.surname} {WHO.given}".split())
TYPED = {"#id_name": "Tabula Inventa", "#id_address": "Nowhere Road 4712", "#id_document_number": "ZZ0000001"}


@pytest.fixture(scope="module")
def number(demo):
    return json.loads((demo.data_dir / "demo-subscriber.json").read_text("utf-8"))["unregistered"]


@pytest.fixture(scope="module")
def sessions(chromium, demo, number):
    """The cookies of two sessions of one line: one source gets no more codes for it in an hour."""
    held = []
    for _ in range(2):
        context = chromium.new_context(locale="en-GB")
        come_in(Visitor(context.new_page(), demo), {"number": number})
        held.append(context.cookies())
        context.close()
    return held


@pytest.fixture(scope="module")
def picture(fonts):  # noqa: F811
    return {"name": "passport.jpg", "mimeType": "image/jpeg", "buffer": passport_picture(11)}


def at_the_form(visitor, cookies):
    visitor.page.context.add_cookies(cookies)
    visitor.page.goto(visitor.demo.portal + "/register/")
    return visitor.page


def fill(page):
    for field, value in TYPED.items():
        page.fill(field, value)
    page.select_option("#id_document_type", "other")
    page.check("#id_double_checked")
    page.check("#id_confirmed")


def send(page):
    page.locator("#record button").click()


def test_the_page_is_sound_in_every_language_and_width_and_small(visitor, sessions):
    page = at_the_form(visitor, sessions[0])
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    came = []
    network.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    page.goto(visitor.demo.portal + "/register/", wait_until="networkidle")
    assert 0 < sum(came) < 100_000

    for language in ("en", "zh-hans", "bo"):
        page.click(f"button[name=language][value={language}]")
        page.wait_for_load_state()
        visitor.look("portal-register")
        send(page)
        page.wait_for_selector("#faults .govuk-error-summary:focus")
        visitor.look("portal-register-faults")


def test_an_image_fills_it_in_by_a_script_that_the_policy_allows(strict_visitor, sessions, picture):
    page = at_the_form(strict_visitor, sessions[0])
    page.set_input_files("#id_picture", files=[picture])

    page.click("#read")
    page.wait_for_selector("#record [role=status]", timeout=30_000)

    assert page.input_value("#id_name") == NAME
    assert page.input_value("#id_document_number") == WHO.number
    assert NAME not in page.title() + page.url


def test_a_session_that_ends_in_another_tab_shows_and_records_nothing(strict_visitor, sessions):
    page, portal = at_the_form(strict_visitor, sessions[1]), strict_visitor.demo.portal
    fill(page)
    other = page.context.new_page()
    other.goto(portal + "/lines/")
    other.locator("form[action$='/sign-out/'] button").click()
    other.wait_for_url(portal + "/")

    send(page)
    page.wait_for_url(portal + "/")
    said = page.inner_text("main")
    page.go_back()

    assert "Your session has ended" in said
    assert page.url == portal + "/"
    assert not any(value in page.content() for value in TYPED.values())


def test_two_tabs_send_one_application_and_the_counter_settles_it_unseen(visitor, sessions, number, demo):
    page, portal = at_the_form(visitor, sessions[0]), demo.portal
    other = page.context.new_page()
    other.goto(portal + "/register/")
    for one in (page, other):
        fill(one)
    send(page)
    page.wait_for_url("**/lines/")
    send(other)
    other.wait_for_url("**/lines/")
    first, second = page.inner_text("main"), other.inner_text("main")
    visitor.look("portal-mine-applied")
    other.close()

    assert "Your entries wait through" in first
    assert "An application for this line waits through" in second
    assert not any(value in first + second for value in TYPED.values())

    visitor.sign_in("clerk", at=demo.counter, to="/document-check/")
    visitor.look("counter-seen")
    page.fill("#id_number", number)
    page.select_option("#id_document_type", "other")
    page.fill("#id_document_number", TYPED["#id_document_number"])
    page.fill("#id_name", TYPED["#id_name"])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/receipt/**", timeout=30_000)
    assert re.search(r"The subscriber of the line is registered", page.inner_text("main"))
    assert not any(value in page.content() for value in TYPED.values())
