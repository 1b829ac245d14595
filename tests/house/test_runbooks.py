"""Every runbook works as it stands: its commands, top to bottom, in a home of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbook"
PAGES = sorted(page.stem for page in RUNBOOKS.glob("*.md") if page.stem != "README")
BLOCK = re.compile(r"^```(\w+)( refused)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
BEGINS_WITH_NOTHING = {"key-ceremony"}


class House:
    """The three places that the runbooks name."""

    def __init__(self, folder: Path) -> None:
        self.home, self.backups, self.kept = (folder / name for name in ("home", "backups", "kept"))
        self._env = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")}
        self._env |= {
            "ROLLKEEPER_HOME": str(self.home),
            "ROLLKEEPER_SERVER_CONFIGURATION": "fsync = off\n",
            "BACKUPS": str(self.backups),
            "KEPT": str(self.kept),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-eu", "-c", commands], env=self._env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    def live_a_while(self, people: Path) -> None:
        """Have a home with somebody in it, its backups, and its secrets kept apart."""
        people.write_text(
            json.dumps(
                {
                    "number": "+8613908000001",
                    "name": "Invented 1",
                    "address": "Invented Road 1, Lhasa",
                    "document_type": "passport",
                    "document_number": "X00000001",
                }
            ),
            "utf-8",
        )
        begun = self.run(
            f'rollkeeper setup && rollkeeper enrol "{people}" && rollkeeper backup "$BACKUPS" && mkdir "$KEPT"'
            ' && cp "$ROLLKEEPER_HOME"/secrets/*.key "$KEPT"'
        )
        assert begun.returncode == 0, begun.stderr


@pytest.fixture
def house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-runbook-"))
    yield House(folder)
    shutil.rmtree(folder)


@pytest.mark.parametrize("page", PAGES)
def test_a_runbook_works_as_it_stands(page, house):
    blocks = BLOCK.findall((RUNBOOKS / f"{page}.md").read_text("utf-8"))
    if page not in BEGINS_WITH_NOTHING:
        house.live_a_while(house.home.parent / "people.jsonl")

    assert blocks
    for language, refused, commands in blocks:
        assert language == "sh", "a block that nobody runs"
        said = house.run(commands)
        assert (said.returncode != 0) is bool(refused), f"{commands}\n{said.stdout}\n{said.stderr}"
        assert "Traceback" not in said.stderr


def test_every_runbook_is_on_the_first_page_and_every_promised_one_is_there():
    listed = re.findall(r"\[(\S+)\.md\]", (RUNBOOKS / "README.md").read_text("utf-8"))

    assert sorted(listed) == PAGES
    assert {"key-ceremony", "rotation", "loss-of-the-root", "restore", "lost-passwords"} <= set(PAGES)
