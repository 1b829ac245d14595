"""The pages about agents and of the evidence in a real Chromium, in every language and width, looked at by axe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def filled(trial, tmp_path_factory):
    """An agent that shows all but one requirement, with a place and a finding; the report of a quarter of the demo."""
    folder = tmp_path_factory.mktemp("agents")
    shown = folder / "shown.txt"
    shown.write_text("invented", "utf-8")
    environment = {k: v for k, v in os.environ.items() if k != "ROLLKEEPER_ROLE"} | {
        "ROLLKEEPER_HOME": str(trial.home)
    }

    def typed(*words):
        program = Path(sys.executable).with_name("rollkeeper")
        done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    typed("agents", "enter", "agent-017")
    typed("agents", "evidence", "agent-017", "trained", str(shown))
    typed(
        "agents",
        "place",
        "agent-017",
        "lhasa-03",
        "--hours",
        "mon-fri 09:00-12:00 14:00-18:00; sat 09:00-13:00",
    )
    typed("agents", "audit", "agent-017", "--finding", "own_device:major:2012-02-01")
    typed("ledger", "publish", str(folder / "ledger"))
    typed("evidence", "report", "--from", "2011-10-01", "--to", "2011-12-31", str(folder / "report"))
    typed("evidence", "verify", str(folder / "report"), "--ledger", str(folder / "ledger"))


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_the_pages_are_sound_in_every_language_and_width(visitor, filled, language):
    page, office = visitor.page, visitor.trial.office
    visitor.speak(language)
    visitor.sign_in("supervisor")
    for address in ("agents", "agents/agent-017", "evidence"):
        page.goto(f"{office}/{address}/")
        visitor.look("office-" + address.replace("/", "-"))
    assert page.locator("table caption").count() > 10
    visitor.sign_in("clerk", at=visitor.trial.counter)
    page.goto(f"{visitor.trial.counter}/figures/")
    page.click(f"button[name=language][value={language}]")
    visitor.look("counter-figures")
