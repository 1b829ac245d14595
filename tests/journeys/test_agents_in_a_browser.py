"""The pages about agents and of the evidence in a real Chromium, in every language and width, looked at by axe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def filled(demo, tmp_path_factory):
    """An agent that shows all but one requirement, with a place and a finding; the report of a quarter of the demo."""
    folder = tmp_path_factory.mktemp("agents")
    shown = folder / "shown.txt"
    shown.write_text("invented", "utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"} | {
        "ROLLKEEPER_HOME": str(demo.data_dir)
    }

    def typed(*words):
        program = Path(sys.executable).with_name("rollkeeper")
        done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    typed("agents", "add", "agent-017")
    typed("agents", "evidence", "agent-017", "trained", str(shown))
    typed(
        "agents",
        "add-outlet",
        "agent-017",
        "lhasa-03",
        "--hours",
        "mon-fri 09:00-12:00 14:00-18:00; sat 09:00-13:00",
    )
    typed("agents", "audit", "agent-017", "--finding", "own_device:major:2012-02-01")
    typed("ledger", "publish", str(folder / "ledger"))
    typed("reports", "make", "--from", "2011-10-01", "--to", "2011-12-31", str(folder / "report"))
    typed("reports", "verify", str(folder / "report"), "--ledger", str(folder / "ledger"))


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_are_sound_in_every_language_and_width(visitor, filled, language):
    page, backoffice = visitor.page, visitor.demo.backoffice
    visitor.speak(language)
    visitor.sign_in("supervisor")
    for address in ("agents", "agents/agent-017", "reports"):
        page.goto(f"{backoffice}/{address}/")
        visitor.look("backoffice-" + address.replace("/", "-"))
    assert page.locator("main h3 + table[aria-labelledby]").count() > 10
    visitor.sign_in("clerk", at=visitor.demo.counter)
    page.goto(f"{visitor.demo.counter}/figures/")
    page.click(f"button[name=language][value={language}]")
    visitor.look("counter-figures")
