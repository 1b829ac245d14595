"""The pages about agents and of the evidence in a real Chromium, in every language and width, looked at by axe."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def filled(demo, tmp_path_factory):
    """An agent that shows all but one requirement, with a place and a finding; the report of a quarter of the demo."""
    folder = tmp_path_factory.mktemp("agents")
    shown = folder / "shown.txt"
    shown.write_text("invented", "utf-8")
    demo.type("agents", "add", "agent-017")
    demo.type("agents", "evidence", "agent-017", "trained", str(shown))
    demo.type(
        "agents",
        "add-outlet",
        "agent-017",
        "lhasa-03",
        "--hours",
        "mon-fri 09:00-12:00 14:00-18:00; sat 09:00-13:00",
    )
    demo.type("agents", "audit", "agent-017", "--finding", "own_device:major:2012-02-01")
    demo.type("ledger", "publish", str(folder / "ledger"))
    demo.type("reports", "make", "--from", "2011-10-01", "--to", "2011-12-31", str(folder / "report"))
    demo.type("reports", "verify", str(folder / "report"), "--ledger", str(folder / "ledger"))


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_are_sound_in_every_language_and_width(visitor, filled, language):
    page, backoffice = visitor.page, visitor.demo.backoffice
    visitor.speak(language)
    visitor.sign_in("supervisor", to="/agents/")
    visitor.look("backoffice-agents")
    for address in ("agents/agent-017", "reports"):
        page.goto(f"{backoffice}/{address}/")
        visitor.look("backoffice-" + address.replace("/", "-"))
    assert page.locator("main h3 + table[aria-labelledby]").count() > 10
    visitor.sign_in("clerk", at=visitor.demo.counter, to="/figures/")
    page.click(f"button[name=language][value={language}]")
    visitor.look("counter-figures")
