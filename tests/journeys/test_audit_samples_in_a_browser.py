# SPDX-License-Identifier: EUPL-1.2
"""The auditor's own login in a real browser: the figures, lines drawn by lot, consent requests, no person shown."""

import json

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reported(demo, tmp_path_factory):
    """A report of the quarter in which the demo's first people registered."""
    folder = tmp_path_factory.mktemp("evidence")
    demo.type("ledger", "publish")
    demo.type("reports", "make", "--from", "2011-10-01", "--to", "2011-12-31", str(folder / "2011-Q4"))
    return json.loads((folder / "2011-Q4" / "report.json").read_text("utf-8"))


def test_an_auditor_sees_figures_and_draws_lines_in_every_language_and_width(visitor, reported):
    page, backoffice = visitor.page, visitor.demo.backoffice
    visitor.sign_in("auditor", to="/reports/2011-Q4/")

    for language in ("en", "zh-hans", "bo"):
        if language != "en":
            visitor.speak(language)
            page.reload()
        page.locator("main details summary").first.click()
        visitor.look("evidence")
    visitor.speak("en")
    page.goto(backoffice + "/reports/2011-Q4/")
    page.locator("main details summary").first.click()
    page.select_option("#id_kind", "registered")
    page.fill("#id_text", "6 2 5 5 1 3 4 4 6 1 2 2")
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_url("**/samples/*/")
    drawn = page.locator("section.rk-answer").count()
    address = page.url
    page.get_by_label("Full name", exact=True).check()
    page.get_by_role("button", name="Ask them …").click()
    visitor.look("sample-question")
    concerned = page.locator(".rk-concerned").inner_text()
    page.get_by_role("button", name="Ask them", exact=True).click()
    asked = page.inner_text("body")
    for language in ("en", "zh-hans", "bo"):
        visitor.speak(language)
        page.goto(address)
        page.locator("main details summary").first.click()
        visitor.look("sample")

    assert drawn == 20
    assert concerned == "20 lines of this sample"
    assert "Lines whose subscriber is asked: " in asked
    assert "Lines whose subscriber is asked: 0" not in asked
    assert "+86139" not in asked
    assert reported["period"] == "2011-Q4"
