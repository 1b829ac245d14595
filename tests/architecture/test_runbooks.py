"""Every runbook works as written: its commands, top to bottom, in a separate instance.

In the quick form a shell runs the commands, and `rollkeeper` is lent from a process that has everything imported; the
long proof runs the installed program.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.command_server import CommandServer

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbook"
PAGES = sorted(page.stem for page in RUNBOOKS.glob("*.md") if page.stem != "README")
BLOCK = re.compile(r"^```(\w+)( refused)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
BEGINS_WITH_NOTHING = {"key-ceremony"}
SURROUNDINGS = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")} | {
    "ROLLKEEPER_SERVER_CONFIGURATION": "fsync = off\n"
}


class Instance:
    """The three places that the runbooks name, and a shell that finds the command in `programs`."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.data_dir, self.backups, self.kept = (folder / name for name in ("data_dir", "backups", "kept"))
        self._env = SURROUNDINGS | {
            "ROLLKEEPER_HOME": str(self.data_dir),
            "BACKUPS": str(self.backups),
            "KEPT": str(self.kept),
            "PATH": f"{programs}:{os.environ['PATH']}",
        }

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-eu", "-c", commands], env=self._env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    def live_a_while(self) -> None:
        """Make an instance with a subscriber, its backups, a ledger published since, and its secrets kept separately."""
        people = self.folder / "people.jsonl"
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
            f'rollkeeper setup && rollkeeper register "{people}" && rollkeeper backup "$BACKUPS"'
            ' && rollkeeper ledger publish "$BACKUPS/ledger" && mkdir "$KEPT"'
            ' && cp "$ROLLKEEPER_HOME"/secrets/*.key "$KEPT"'
        )
        assert begun.returncode == 0, begun.stderr


@pytest.fixture(scope="module", params=["lent", pytest.param("installed", marks=pytest.mark.soak)])
def programs(request) -> Iterator[Path]:
    """Where the shell finds `rollkeeper`."""
    if request.param == "installed":
        yield Path(sys.executable).parent
        return
    command_server = CommandServer(SURROUNDINGS)
    with tempfile.TemporaryDirectory(prefix="rollkeeper-lent-") as folder:
        command_server.lend_command(Path(folder))
        yield Path(folder)
    command_server.go()


@pytest.fixture(scope="module")
def lived(programs: Path) -> Iterator[Instance]:
    """An instance with some history; each runbook gets a copy."""
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-runbook-"))
    instance = Instance(folder, programs)
    instance.live_a_while()
    yield instance
    shutil.rmtree(folder)


@pytest.fixture
def instance(programs: Path, request) -> Iterator[Callable[..., Instance]]:
    """Makes Rollkeeper for a page: empty, or lived in."""
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-runbook-"))

    def made(*, empty: bool) -> Instance:
        if not empty:
            lived = request.getfixturevalue("lived").folder
            subprocess.run(["cp", "-a", f"{lived}/.", str(folder)], check=True)
        return Instance(folder, programs)

    yield made
    shutil.rmtree(folder)


@pytest.mark.parametrize("page", PAGES)
def test_a_runbook_works_as_it_stands(page, instance):
    blocks = BLOCK.findall((RUNBOOKS / f"{page}.md").read_text("utf-8"))
    there = instance(empty=page in BEGINS_WITH_NOTHING)

    assert blocks
    for language, refused, commands in blocks:
        assert language == "sh", "a block that nobody runs"
        said = there.run(commands)
        assert (said.returncode != 0) is bool(refused), f"{commands}\n{said.stdout}\n{said.stderr}"
        assert "Traceback" not in said.stderr


def test_every_runbook_is_on_the_first_page_and_every_promised_one_is_there():
    listed = re.findall(r"\[(\S+)\.md\]", (RUNBOOKS / "README.md").read_text("utf-8"))

    assert sorted(listed) == PAGES
    assert {"key-ceremony", "rotation", "loss-of-the-root", "restore", "lost-passwords"} <= set(PAGES)
