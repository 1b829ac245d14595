"""A data protection officer's day in a real Chromium: a case and an incident from sign-in to their end, no command typed."""

import pytest

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_of_an_officer_are_sound_in_every_language_and_width(visitor, language):
    page, backoffice = visitor.page, visitor.demo.backoffice
    visitor.speak(language)
    visitor.sign_in("data_protection_officer", to="/cases/")
    visitor.look("cases")
    for name, address in (
        ("open-incident", "/incidents/open/"), ("holds", "/holds/"), ("authorities", "/disclosures/authorities/"),
        ("enter-disclosure", "/disclosures/enter/"), ("reports-officer", "/reports/"),
    ):  # fmt: skip
        page.goto(backoffice + address)
        visitor.look(name)
    page.goto(backoffice + "/cases/")
    page.locator("main table a").first.click()
    visitor.look("case")
    page.locator("main input[type=radio]").last.check()
    page.locator("form[action$='/decide/'] button").click()
    visitor.look("case-asks")
    page.goto(backoffice + "/incidents/")
    page.locator("main li.rk-card a").nth(1).click()
    visitor.look("incident-of-accounts")


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_about_agents_are_sound_for_an_administrator(visitor, language):
    page, backoffice = visitor.page, visitor.demo.backoffice
    visitor.speak(language)
    visitor.sign_in("administrator", to="/agents/")
    visitor.look("agents-list")
    for name, address in (
        ("agent-approved", "/agents/agent-101/"), ("agent-candidate", "/agents/agent-102/"),
        ("agent-suspended", "/agents/agent-103/"), ("agent-add", "/agent/add/"), ("agent-attest", "/agents/agent-102/attest/"),
        ("agent-audit", "/agents/agent-101/audit/"), ("agent-outlet", "/agents/agent-101/open_outlet/"),
    ):  # fmt: skip
        page.goto(backoffice + address)
        visitor.look(name)


def test_an_officer_decides_a_case_from_sign_in_to_its_end(strict_visitor):
    page, backoffice = strict_visitor.page, strict_visitor.demo.backoffice
    strict_visitor.sign_in("data_protection_officer")

    page.get_by_role("link", name="Cases").first.click()
    overdue = page.locator("main table tbody tr").first.inner_text()
    page.locator("main table tbody tr").first.get_by_role("link").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("status").filter(has_text="Copied").wait_for(state="attached")
    copied, opened = page.evaluate("navigator.clipboard.readText()"), page.url
    page.goto(backoffice + "/cases/")
    page.fill("#id_find", copied)
    with page.expect_navigation():
        page.get_by_role("button", name="Find").click()
    found = page.url
    page.get_by_role("button", name="Take this case").click()
    taken = page.inner_text("main")
    page.get_by_label("The record is right").check()
    page.get_by_role("button", name="Continue").click()
    question = page.inner_text("main")
    page.get_by_role("button", name="Decide it").click()
    decided = page.inner_text("main")
    page.goto(backoffice + "/cases/")
    left = page.locator("main table tbody tr").first.inner_text()

    assert "overdue since yesterday" in overdue
    assert found == opened == f"{backoffice}/cases/{copied}/"
    assert f"With {strict_visitor.demo.usernames['data_protection_officer']}." in taken
    assert "What will happen" in question
    assert "Decided: the subscriber is not right." in decided
    assert "overdue" not in left


def test_an_officer_opens_and_closes_an_incident_and_harms_no_one_with_one_click(chromium, demo):
    officer, administrator = (
        Visitor(chromium.new_context(locale="en-GB").new_page(), demo) for _ in range(2)
    )
    page = officer.page

    def wait_until(said):
        for _ in range(40):
            if said in page.request.get(page.url).text():  # to show it each time is more work
                page.reload()
                if said in page.inner_text("main"):
                    return True
            page.wait_for_timeout(500)
        return False

    def press(one, name):
        with one.page.expect_navigation():
            one.page.get_by_role("button", name=name).first.click()

    officer.sign_in("data_protection_officer")
    page.get_by_role("link", name="Incidents").first.click()
    page.get_by_role("button", name="Open an incident").click()
    page.get_by_label("Everything opened in a period").check()
    page.get_by_label("Since when").fill("2012-03-15T08:00")
    page.get_by_label("This is a drill").check()
    press(officer, "Open the incident")
    opened, address = page.inner_text("main"), page.url
    press(officer, "Find out who was affected")
    found = wait_until("Found")
    press(officer, "Sign everyone out")
    question = page.inner_text("main")
    press(officer, "Yes: Sign everyone out")
    signed_out = wait_until("touched: 0")
    press(officer, "Send the notices to the people")
    press(officer, "Yes: Send the notices")
    administrator.sign_in("administrator", to=address)
    press(administrator, "Approve")
    press(administrator, "Yes: Send the notices")
    page.reload()
    notified = wait_until("Notified on")
    for _ in range(3):
        if page.get_by_role("button", name="Note that the report went out").count():
            press(officer, "Note that the report went out")
    press(officer, "Close the incident")
    closed = page.inner_text("main")
    for one in (officer, administrator):
        one.page.context.close()

    assert "The incident is open, and its clocks run." in opened
    assert (found, signed_out, notified) == (True, True, True)
    assert "nothing happens to anyone" in question
    assert "The incident is closed." in closed
