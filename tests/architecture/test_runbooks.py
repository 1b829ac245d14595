"""Every runbook works as written: its commands, top to bottom, in a separate instance.

In the quick form a shell runs the commands, `rollkeeper` is lent from a process that has everything imported, and the servers
stay up between two commands, but for the pages on servers; the long proof runs the installed program, which starts and stops them.
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
from typing import NamedTuple

import pytest

from tests.command_server import CommandServer
from tests.instances import QUICK_SERVERS, copy_empty

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbook"
PAGES = sorted(page.stem for page in RUNBOOKS.glob("*.md") if page.stem != "README")
BLOCK = re.compile(r"^```(\w+)( refused)?\n(.*?)^```", re.MULTILINE | re.DOTALL)
BEGINS_WITH_NOTHING = {"key-ceremony"}
SERVERS_AT_REST = {"disk", "lost-passwords", "own-servers", "servers"}
SURROUNDINGS = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")} | {
    "ROLLKEEPER_SERVER_CONFIGURATION": QUICK_SERVERS
}


class Programs(NamedTuple):
    """Where the shell finds `rollkeeper`, and who keeps an instance's servers up meanwhile: for the installed one nobody does."""

    folder: Path
    server: CommandServer | None


class Instance:
    """The three places that the runbooks name, and a shell that finds the command in `programs`."""

    def __init__(self, folder: Path, programs: Programs) -> None:
        self.folder, self._server = folder, programs.server
        self._kept_up: list[Path] = []
        self.data_dir, self.backups, self.kept = (folder / name for name in ("data_dir", "backups", "kept"))
        self._env = SURROUNDINGS | {
            "ROLLKEEPER_HOME": str(self.data_dir),
            "BACKUPS": str(self.backups),
            "KEPT": str(self.kept),
            "PATH": f"{programs.folder}:{os.environ['PATH']}",
        }

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-eu", "-c", commands], env=self._env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=300,
        )  # fmt: skip

    def keep_servers_up(self) -> None:
        """Keep the servers up of what is made by now: the instance, and another that was restored."""
        for made in sorted(self.folder.glob("data_dir*/made")):
            if self._server and made.parent not in self._kept_up:
                self._server.hold_servers(made.parent)
                self._kept_up.append(made.parent)

    def let_servers_rest(self) -> None:
        for data_dir in self._kept_up:
            self._server.release_servers(data_dir)
        self._kept_up.clear()

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
        copy_empty(self.data_dir, configuration=QUICK_SERVERS)
        self.keep_servers_up()
        begun = self.run(
            f'rollkeeper register "{people}" && rollkeeper backup "$BACKUPS"'
            ' && rollkeeper ledger publish "$BACKUPS/ledger" && mkdir "$KEPT"'
            ' && cp "$ROLLKEEPER_HOME"/secrets/*.key "$KEPT"'
        )
        assert begun.returncode == 0, begun.stderr
        self.let_servers_rest()


@pytest.fixture(scope="module", params=["lent", pytest.param("installed", marks=pytest.mark.soak)])
def programs(request) -> Iterator[Programs]:
    if request.param == "installed":
        yield Programs(Path(sys.executable).parent, None)
        return
    command_server = CommandServer(SURROUNDINGS)
    with tempfile.TemporaryDirectory(prefix="rollkeeper-lent-") as folder:
        command_server.lend_command(Path(folder))
        yield Programs(Path(folder), command_server)
    command_server.go()


@pytest.fixture(scope="module")
def lived(programs: Programs) -> Iterator[Instance]:
    """An instance with some history; each runbook gets a copy."""
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-runbook-"))
    instance = Instance(folder, programs)
    instance.live_a_while()
    yield instance
    shutil.rmtree(folder)


@pytest.fixture
def instance(programs: Programs, request) -> Iterator[Callable[..., Instance]]:
    """Makes Rollkeeper for a page: empty, or lived in."""
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-runbook-"))

    def made(*, empty: bool) -> Instance:
        if not empty:
            lived = request.getfixturevalue("lived").folder
            subprocess.run(["cp", "-a", f"{lived}/.", str(folder)], check=True)
        return one

    one = Instance(folder, programs)
    yield made
    one.let_servers_rest()
    shutil.rmtree(folder)


@pytest.mark.parametrize("page", PAGES)
def test_a_runbook_works_as_it_stands(page, instance):
    blocks = BLOCK.findall((RUNBOOKS / f"{page}.md").read_text("utf-8"))
    there = instance(empty=page in BEGINS_WITH_NOTHING)

    assert blocks
    for language, refused, commands in blocks:
        assert language == "sh", "a block that nobody runs"
        if page not in SERVERS_AT_REST:
            there.keep_servers_up()
        said = there.run(commands)
        assert (said.returncode != 0) is bool(refused), f"{commands}\n{said.stdout}\n{said.stderr}"
        assert "Traceback" not in said.stderr


def test_every_runbook_is_on_the_first_page_and_every_promised_one_is_there():
    listed = re.findall(r"\[(\S+)\.md\]", (RUNBOOKS / "README.md").read_text("utf-8"))

    assert sorted(listed) == PAGES
    assert {"key-ceremony", "rotation", "loss-of-the-root", "restore", "lost-passwords"} <= set(PAGES)
