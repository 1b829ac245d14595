# SPDX-License-Identifier: EUPL-1.2
"""A subscriber who is cut off, on a small telephone: from the number through the call to the care number to an appeal and a registration."""

import json
import os
import re
import subprocess

import pytest

from tests.journeys.conftest import Visitor, lent_command
from tests.journeys.test_applying_in_a_browser import fill, send

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def number(demo):
    found = json.loads((demo.data_dir / "demo-subscriber.json").read_text("utf-8"))["suspended"]
    assert found, "the demo has no suspended line"
    return found


@pytest.fixture(scope="module")
def menu(demo, tmp_path_factory):
    """The voice system of the care number, which keeps the program running: figures in, a code out."""
    environment = {name: value for name, value in os.environ.items() if name != "ROLLKEEPER_ROLE"}
    with subprocess.Popen(
        [lent_command(tmp_path_factory.mktemp("lent")), "codes", "by-call"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=environment | {"ROLLKEEPER_HOME": str(demo.data_dir)},
    ) as program:  # fmt: skip

        def call(number, figures):
            program.stdin.write(f"{number} {figures} own-network\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())["code"]

        yield call


def fits(page):
    """Tell whether the page needs no more than the small screen."""
    return page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]


@pytest.fixture(scope="module")
def cookies(chromium, demo, number, menu):
    """The session of the journey: the number, the page with its figures, the call, the code."""
    context = chromium.new_context(locale="en-GB", viewport=SMALL, bypass_csp=True)
    visitor = Visitor(context.new_page(), demo)
    page = visitor.page
    page.goto(demo.portal + "/")
    page.fill("#id_number", number)
    page.get_by_role("button", name="Send me a code").click()
    figures = page.locator(".rk-figures").inner_text()
    visitor.look("portal-code-page")
    page.get_by_role("button", name="Send me a letter").click()
    visitor.look("portal-letter-asked")
    assert "one goes to the postal address" in page.inner_text("main")
    assert page.locator(".rk-figures").inner_text() == figures
    page.set_viewport_size(SMALL)
    # The portal worker takes the request in within seconds; a menu asks the caller to wait and tries again.
    code = next(filter(None, (menu(number, figures) or page.wait_for_timeout(500) for _ in range(60))))
    page.fill("#id_code", code)
    page.get_by_role("button", name="Come in").click()
    page.wait_for_url("**/lines/")
    held = context.cookies()
    context.close()
    assert re.fullmatch(r"\d{8}", code)
    return held


@pytest.fixture
def page(chromium, demo, cookies):
    """The same telephone, at the page of the line."""
    context = chromium.new_context(locale="en-GB", viewport=SMALL)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(demo.portal + "/lines/")
    yield page
    context.close()


def test_what_is_urgent_comes_first_with_a_day_one_button_and_the_masked_number(page, number):
    first = page.locator("main h2").first

    assert "This line is suspended" in first.inner_text()
    assert page.locator("progress.rk-days").is_visible()
    assert (
        page.locator("main .govuk-button:not(.govuk-button--secondary)").first.inner_text()
        == "Register this line now"
    )
    assert f"… {number[-4:]}" in page.inner_text("main")
    assert number[1:] not in page.content()
    assert fits(page)


def test_a_session_by_a_call_says_what_it_is_good_for_and_shows_no_record(page, demo):
    assert "You signed in with a code from the care number" in page.inner_text("main")
    page.goto(demo.portal + "/personal-data/")
    assert "does not let you read data" in page.inner_text("main")
    assert fits(page)


def test_every_page_of_the_journey_is_sound(visitor, cookies):
    page, portal = visitor.page, visitor.demo.portal
    page.context.add_cookies(cookies)
    page.goto(portal + "/lines/")
    for language in ("en", "zh-hans", "bo"):
        page.click(f"button[name=language][value={language}]")
        for address in (
            "lines/",
            "do/dispute/",
            "do/appeal/",
            "do/reconnect/",
            "register/",
            "access-history/",
        ):
            page.goto(f"{portal}/{address}")
            visitor.look("portal-cut-off-" + re.sub(r"\W+", "-", address).strip("-"))
    page.goto(portal + "/lines/")


def test_the_line_is_registered_until_a_counter_sees_the_document(page):
    page.get_by_role("button", name="Register this line now").click()
    fill(page)
    send(page)
    page.wait_for_url("**/lines/")

    assert "Your entries wait through" in page.inner_text("main")
    assert page.get_by_role("button", name="Register this line now").count() == 0
    assert fits(page)


def test_the_suspension_is_appealed_against_and_the_case_has_its_day(page):
    page.get_by_role("link", name="Appeal against a decision").click()
    assert fits(page)
    page.get_by_role("button", name="Appeal now").click()
    page.wait_for_url("**/lines/")

    assert re.search(
        r"Opened on \d+ \w+ \d{4}; a person decides it by \d+ \w+ \d{4}", page.inner_text("main")
    )
    assert page.get_by_role("link", name="Appeal against a decision").count() == 0
    assert fits(page)
