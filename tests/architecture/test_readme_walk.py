# SPDX-License-Identifier: EUPL-1.2
"""The campaign in the README works, line by line, in a separate data directory."""

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_server import CommandServer
from tests.instances import QUICK_SERVERS

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
WALK = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0].splitlines()
SURROUNDINGS = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")} | {
    "ROLLKEEPER_SERVER_CONFIGURATION": QUICK_SERVERS,
    "ROLLKEEPER_NOTICES__OUTBOX_BOUNCE_SHARE": "0",
}


@pytest.fixture(scope="module")
def walked() -> Iterator[tuple[Path, subprocess.CompletedProcess[str]]]:
    """A folder in which the reader typed the block from the page into one shell: only the folder of the instance is another.

    `rollkeeper` is lent from a process that has everything imported; once the instance is made its servers stay up.
    """
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-readme-"))
    command_server = CommandServer(SURROUNDINGS)
    command_server.lend_command(folder / "programs")
    activate = folder / ".venv-run" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'PATH="{folder / "programs"}:$PATH"\n', "utf-8")
    block = re.sub(r"(?<=ROLLKEEPER_HOME=)\S+", str(folder / "data_dir"), "\n".join(WALK))
    with subprocess.Popen(
        ["sh", "-eux"], env=SURROUNDINGS, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as shell:  # fmt: skip
        keeping = threading.Thread(target=keep_servers_up, args=(command_server, folder / "data_dir", shell))
        keeping.start()
        said = shell.communicate(block, timeout=600)
        keeping.join()
    yield folder, subprocess.CompletedProcess("sh", shell.returncode, *said)
    command_server.go()
    shutil.rmtree(folder)


def keep_servers_up(command_server: CommandServer, data_dir: Path, shell: subprocess.Popen[str]) -> None:
    while not (data_dir / "made").exists():
        if shell.poll() is not None:
            return
        time.sleep(0.1)
    command_server.hold_servers(data_dir)


def test_the_walk_runs_as_it_stands_and_the_batch_suspends_and_is_undone(walked):
    _, ran = walked

    assert ran.returncode == 0, f"{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}"
    assert "Nothing is found here for this number" in " ".join(ran.stderr.split())
    for sentence in (
        "It is 2011-12-05 in this instance",
        "40 lines made",
        "40 delivered",
        "Day 60 of 60 is 2 March 2012",
        "40 lines, 0 done",
        "Approved: it may run.",
        "1 line done",
        "1 line is as it was",
        "(suspend) is done: 39 lines done",
        "(terminate) is done: 39 lines done",
        "Erased: 39 terminated lines",
    ):
        assert sentence in ran.stdout, sentence


def test_the_walk_leaves_nothing_in_the_readers_folder(walked):
    folder, _ = walked

    assert {one.name for one in folder.iterdir()} == {"programs", ".venv-run", "data_dir"}


def test_the_clock_of_a_demo_moves_forwards_only(walked):
    folder, _ = walked

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [folder / "programs" / "rollkeeper", *words],
            env=SURROUNDINGS | {"ROLLKEEPER_HOME": str(folder / "data_dir")},
            cwd=folder, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    back = typed("demo", "clock", "2011-12-05")
    now = typed("demo", "clock")

    assert (back.returncode, now.stdout) == (1, "It is 2013-06-15 in this instance.\n")
    assert (
        "Something was done in this demo on 2013-06-15: its clock cannot go back to 2011-12-05"
        in " ".join(back.stderr.split())
    )
