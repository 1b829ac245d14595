# SPDX-License-Identifier: EUPL-1.2
"""The campaign in the README works, line by line, in a data directory of its own."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_server import CommandServer

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
WALK = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)[0].splitlines()
UNUSUAL_PASSWORD = "plum kettle orbit lantern"
SURROUNDINGS = {key: value for key, value in os.environ.items() if not key.startswith("ROLLKEEPER_")} | {
    "ROLLKEEPER_SERVER_CONFIGURATION": "fsync = off\n",
    "ROLLKEEPER_NOTICES__OUTBOX_BOUNCE_SHARE": "0",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in which the reader types, with `rollkeeper` lent from a process that has everything imported."""
    place = Path(tempfile.mkdtemp(prefix="rollkeeper-readme-"))
    command_server = CommandServer(SURROUNDINGS)
    command_server.lend_command(place / "programs")
    yield place
    command_server.go()
    shutil.rmtree(place)


def test_every_line_of_the_campaign_works_and_the_batch_suspends_and_is_undone(folder: Path):
    exported: list[str] = []
    said: dict[str, str] = {}

    for line in WALK:
        if line.startswith("export"):
            exported.append(re.sub(r"(?<=ROLLKEEPER_HOME=)\S+", str(folder / "data_dir"), line))
            continue
        ran = subprocess.run(
            ["sh", "-euc", "\n".join([*exported, line])],
            env=SURROUNDINGS | {"PATH": f"{folder / 'programs'}:{os.environ['PATH']}"},
            cwd=folder, input=UNUSUAL_PASSWORD + "\n", capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"
        said[" ".join(line.split()[:3])] = ran.stdout
        if named := re.search(r"Batch (\S+):", ran.stdout):
            exported.append(f"export BATCH={named[1]}")

    assert "40 lines made" in said["rollkeeper import customers.csv"]
    assert "40 delivered" in said["rollkeeper notices delivery-reports"]
    assert "Day 60 of 60 is 2012-03-02" in said["rollkeeper explain +8613900000001"]
    assert "40 lines, 0 done" in said["rollkeeper campaign status"]
    assert "1 lines done" in said["rollkeeper campaign run"]
    assert "1 lines are as they were" in said["rollkeeper campaign undo"]
