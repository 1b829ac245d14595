"""A campaign carried by its pages in a real browser, by two people, from the file to the undo. No one of them types a command."""

import re

import pytest

from tests.journeys.conftest import Visitor, served_demo

pytestmark = pytest.mark.browser
FILE = "号码,用户状态,入网日期,区域\n" + "".join(
    f"1390892{i:04},正常,2009-05-{i % 28 + 1:02},Lhasa\n" for i in range(12)
) + "1390892999,拆机,2009-05-01,Lhasa\n"  # fmt: skip


@pytest.fixture
def demo():
    """A demo of which no other journey has approved the batch."""
    with served_demo(apps=["backoffice"]) as served:
        yield served


def await_text(page, text, demo, tries=40):
    """Look again until the page says it; the worker's jobs that pages ask for run meanwhile."""
    for _ in range(tries):
        if text in page.inner_text("main"):
            return
        demo.work("import-uploads", "campaign-requests", "undo-batches")
        page.goto(page.url)
    pytest.fail(f"{text!r} is not said: {page.inner_text('main')[:2000]}")


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def carry(manager, supervisor, demo, look):
    """Import, plan, prepare, approve, run, stop and undo; return what the pages said on the way."""
    said = {"imported": bring_in(manager, demo, look), "planned": plan(manager, demo, look)}
    said |= run_batch(manager, supervisor, demo, look)
    said |= stop_and_undo(manager, supervisor, demo, look)
    return said | end(manager, supervisor, demo, look)


def bring_in(manager, demo, look):
    page = manager.page
    page.set_input_files("#id_file", {"name": "lines.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    press(page, "Hand in the file")
    await_text(page, "Which column means what", demo)
    look(manager, "import-mapping")
    if page.locator("#service").count():
        page.select_option("#service", "mobile")
    press(page, "Dry run: count only")
    await_text(page, "Rows that can be imported", demo)
    look(manager, "import-counted")
    press(page, "Import 12 rows")
    await_text(page, "Lines made", demo)
    look(manager, "import-done")
    return page.inner_text("main")


def plan(manager, demo, look):
    page = manager.page
    page.goto(demo.backoffice + "/campaign/plan/")
    press(page, "Dry run: count only")
    await_text(page, "Lines to add", demo)
    look(manager, "plan-counted")
    press(page, "and queue their notices")
    await_text(page, "lines were added on", demo)
    return page.inner_text("main")


def run_batch(manager, supervisor, demo, look):
    page, said = manager.page, {}
    page.goto(demo.backoffice + "/campaign/prepare/")
    look(manager, "prepare")
    press(page, "Dry run: count only")
    await_text(page, "Due on", demo)
    said["counted"] = page.inner_text("main")
    page.goto(demo.backoffice + "/campaign/")
    page.locator("article.rk-card a").first.click()
    page.wait_for_url("**/batches/*/")
    for one in (page, supervisor.page):
        one.goto(page.url)
        one.check("#id_checked")
        press(one, "Approve")
    page.goto(page.url)
    look(manager, "batch-approved")
    press(page, "Run the first share")
    await_text(page, "The first share is done.", demo)
    look(manager, "batch-watched")
    return said | {"watched": page.inner_text("main")}


def stop_and_undo(manager, supervisor, demo, look):
    page, other, address, said = manager.page, supervisor.page, manager.page.url, {}
    page.goto(address + "stop/")
    look(manager, "batch-stop")
    page.get_by_label("Subscribers complain").check()
    press(page, "Stop it")
    said["stopped"] = page.inner_text("main")
    page.goto(address + "undo/")
    said["question"] = page.inner_text("h1")
    look(manager, "batch-undo")
    page.get_by_label("Subscribers complain").check()
    press(page, "Ask for the undo")
    other.goto(address + "undo/")
    look(supervisor, "batch-undo-second")
    press(other, "service back")
    await_text(other, "Undone", demo)
    look(supervisor, "batch-undone")
    return said | {"undone": other.inner_text("main")}


def end(manager, supervisor, demo, look):
    page, other, said = manager.page, supervisor.page, {}
    page.goto(demo.backoffice + "/campaign/stays/")
    page.fill("#id_reason", "order 12/2012")
    press(page, "Enter the stay")
    look(manager, "stays")
    for one in (page, other):
        one.goto(demo.backoffice + "/campaign/stays/")
        press(one, "Approve its end today")
        look(manager, "stay-end")
        press(one, "Approve its end today")
    said["stay"] = other.inner_text("main")
    page.goto(demo.backoffice + "/campaign/close/")
    page.check("#id_sure")
    press(page, "Close the campaign")
    await_text(page, "The campaign is not over", demo)
    look(manager, "close")
    return said | {"not over": page.inner_text("main")}


def test_two_people_carry_a_campaign_on_pages_and_type_no_command(chromium, demo):
    manager, supervisor = (
        Visitor(chromium.new_context(bypass_csp=True, locale="en-GB").new_page(), demo, takes_scripts=True)
        for _ in range(2)
    )
    manager.sign_in("campaign_manager", to="/imports/")
    supervisor.sign_in("supervisor")

    said = carry(manager, supervisor, demo, lambda who, name: who.look(name))
    for one in (manager, supervisor):
        one.page.context.close()

    assert re.search(r"Lines made\s+12\b", said["imported"])
    assert "12 lines were added on" in said["planned"]
    assert "Suspend" in said["counted"]
    assert "Watched" in said["watched"]
    assert "Run the rest" not in said["watched"]
    assert "Subscribers complain" in said["stopped"]
    assert re.fullmatch(r"Give (1 line back its|\d+ lines back their) service\?", said["question"])
    assert re.search(r"[1-9]\d* lines? ha(s|ve) service again", said["undone"])
    assert "Today is the last day of the stay." in said["stay"]
    assert "lines is running" in said["not over"]
