# SPDX-License-Identifier: EUPL-1.2
"""A law that asks of some kinds of subscriber more than of one person: a visitor's last day, and what shows that one acts for a company.

At the end the forms of this demo are sent with values that no page sends: they are refused in words, and no app crashes.
"""

import random

import pytest

from tests.builders.kinds import VISITOR, with_kinds, with_proof
from tests.builders.packs import confirmed
from tests.journeys.conftest import answer_last_questions, served_demo
from tests.journeys.test_clerk_at_a_counter import SUBMIT, find
from tests.journeys.walker import Walker, send_odd_values
from tests.settings_files import change_settings

pytestmark = pytest.mark.browser
NUMBER = "+8613908977031"


def with_visitors(data_dir):
    """Make a law that knows visitors the law of the instance."""
    pack = data_dir / "with-visitors.yaml"
    pack.write_text(confirmed(with_kinds(VISITOR, text=with_proof())), "utf-8")
    pack.chmod(0o644)
    change_settings(data_dir / "settings.toml", {"instance": {"pack": str(pack)}})


WALKED = {
    "counter": ["clerk", "supervisor"],
    "backoffice": ["campaign_manager", "data_protection_officer", "administrator"],
}


@pytest.fixture(scope="module")
def demo():
    with served_demo(with_visitors, apps=list(WALKED)) as served:
        yield served


def fill_in(page, last_day):
    page.click("main a:text('A visitor')")
    page.wait_for_url("**kind=visitor*")
    page.fill("#id_subscriber__name", "Invented Visitor")
    page.fill("#id_subscriber__document_state", "npl")
    page.fill("#id_subscriber__document_number", "C07654321")
    page.fill("#id_subscriber__last_day", last_day)
    answer_last_questions(page)


def submit(page):
    page.click(SUBMIT)
    page.wait_for_url("**/receipt/**")


def test_a_clerk_registers_a_visitor_through_a_day_and_extends_it(visitor):
    page = visitor.page
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/")
    fill_in(page, "2012-05-31")
    page.fill("#id_number", NUMBER)
    page.click(SUBMIT)
    page.wait_for_selector("#id_subscriber__looked_over_error")
    assert "was not looked over" in page.inner_text("#id_subscriber__looked_over_error")
    page.check("#id_subscriber__looked_over")
    submit(page)
    assert "The registration is good through 31 May 2012." in page.inner_text("main")
    visitor.look("counter-receipt-last-day")
    page.click("main button:text('The next person')")

    find(page, NUMBER)
    page.wait_for_selector("#answer-title")
    assert "The registration is good through 31 May 2012." in page.inner_text("main")
    visitor.look("counter-line-last-day")
    page.click("main a[href^='/change/']")
    fill_in(page, "2012-11-30")
    page.check("#id_subscriber__looked_over")
    submit(page)

    assert "The registration is good through 30 November 2012." in page.inner_text("main")


def test_the_form_of_an_added_kind_reads_well_in_chinese_on_a_small_screen(visitor):
    page = visitor.page
    visitor.speak("zh-hans")
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/?kind=visitor")

    text = page.inner_text("main")

    assert "短期停留者" in text
    assert "签证页" in text
    visitor.look("counter-added-kind")


BOX, SLIP = "#id_subscriber__authority_shown", "[data-slip]:not([hidden])"


def fill_in_company(visitor, number):
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/register/?kind=company")
    page = visitor.page
    page.fill("#id_number", number)
    page.fill("#id_subscriber__name", "Invented Trading")
    page.fill("#id_subscriber__address", "Nowhere Road 99")
    page.fill("#id_subscriber__document_number", "91110000600037341L")
    answer_last_questions(page)


def test_a_company_registers_once_it_was_shown_who_acts_for_it(visitor):
    page = visitor.page
    fill_in_company(visitor, "+8613908977032")

    page.click(SUBMIT)
    page.wait_for_selector(f"{BOX}_error")
    visitor.look("counter-authority-not-shown")
    page.check(BOX)
    submit(page)

    assert "The person who acts for the company showed what the law asks." in page.inner_text("main")
    visitor.look("counter-receipt-authority-shown")


def test_without_a_network_no_company_is_taken_that_did_not_show_it(visitor):
    page = visitor.page
    fill_in_company(visitor, "+8613908977033")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    page.context.set_offline(True)

    page.click(SUBMIT)
    page.wait_for_function(f"() => document.activeElement === document.querySelector('{BOX}')")
    assert page.locator(SLIP).count() == 0
    page.check(BOX)
    page.click(SUBMIT)

    page.wait_for_selector(SLIP)


@pytest.mark.parametrize(("app", "role"), [(app, role) for app, roles in WALKED.items() for role in roles])
def test_no_form_that_is_sent_with_odd_values_crashes_an_app(demo, app, role):
    chance = random.Random(f"{app} {role}")  # noqa: S311 - the same values in every run
    walker = Walker(getattr(demo, app))
    walker.sign_in(demo.usernames[role], demo.passwords[role])

    sent, crashed = send_odd_values(walker, chance)

    assert sent >= 10
    assert not crashed
