# SPDX-License-Identifier: EUPL-1.2
"""Killed at any point, the ledger loses nothing that was acknowledged and never contradicts what it signed."""

import json
import shutil
import signal
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest

from rollkeeper.ledger import auditor
from rollkeeper.ledger.publication import publish

STEPS = ["insert", "integration", "tile", "files", "checkpoint"]
# More than few unpublished entries are shared out to processes: these take seconds to start on a busy machine.
FEW, SOME, MANY = 700, 1_500, 20_000
PLACES = [
    "before the leaves are committed",
    "before anything is published",
    "in the middle of a file",
    "among the tiles",
    "before it is signed",
    "after it was signed",
    "between the instance's note and the register's",
    "before the checkpoint",
]


@pytest.mark.parametrize("where", PLACES)
def test_a_killed_publication_leaves_the_old_head_whole_and_is_finished_by_the_next(
    fill, command_server, tmp_path, where
):
    log, kept = tmp_path / "log", tmp_path / "kept"
    fill(1, 300)
    publish(log)
    shutil.copy(log / "checkpoint", kept)
    fill(301, 900)

    killed = command_server.run("@tests.ledger.dying_publisher:main", str(log), where)
    key = auditor.read_key((log / "vkey").read_text())
    meanwhile = auditor.audit(log, key=key, older=[kept])
    publish(log)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert meanwhile.size == 300
    assert auditor.audit(log, key=key, older=[kept]).size == 900


@pytest.fixture
def other_data_dir():
    """An instance outside pytest's own folders: every pytest that starts closes those to the servers' system user."""
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-killed-"))
    yield folder
    shutil.rmtree(folder)


def live_and_die(command_server, other_data_dir, tmp_path, rounds, seed, *, most):
    """Run `killed.py` in a separate instance."""
    ran = command_server.run(
        "@tests.ledger.killed:main", str(tmp_path / "log"), *map(str, (rounds, seed, most)), data_dir=other_data_dir,
        surroundings={"ROLLKEEPER_ROLE": "migrator", "ROLLKEEPER_SERVER_CONFIGURATION": "log_min_messages = panic\nfsync = off\n"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def hold_against(found, tmp_path, rounds):
    key = auditor.read_key((tmp_path / "log" / "vkey").read_text())
    kept = []
    for number, note in enumerate(dict.fromkeys(found["checkpoints"])):
        kept.append(tmp_path / f"seen-{number}")
        kept[-1].write_text(note)

    report = auditor.audit(tmp_path / "log", key=key, older=kept)

    assert found["lost"] == []
    assert found["acknowledged"] > 0
    assert len(kept) > rounds / 5
    assert report.size == found["end"]["leaves"] == found["end"]["size"] == found["end"]["entries"]
    assert found["end"]["tiles"] == report.size // 256
    assert found["amcheck"] == ""


def hold_heads(heads):
    """After no restart is anything ahead of what it is made from, or behind what it was before."""
    for head in heads:
        assert head["entries"] >= head["leaves"] == head["size"] >= head["tiles"] * 256
        assert head["size"] >= head["signed"] >= 0
        assert head["size"] >= head["published"]
    for before, after in pairwise(heads):
        assert [name for name in before if after[name] < before[name]] == []


@pytest.mark.parametrize(
    ("rounds", "most", "each"), [(5, FEW, 1), pytest.param(24, SOME, 2, marks=pytest.mark.soak)]
)
def test_a_server_that_is_killed_at_every_step_loses_nothing_acknowledged(
    command_server, other_data_dir, tmp_path, rounds, most, each
):
    found = live_and_die(command_server, other_data_dir, tmp_path, rounds, 1, most=most)

    hold_against(found, tmp_path, rounds)
    hold_heads(found["heads"])
    assert sum(found["killed"].values()) == rounds
    assert all(found["killed"].get(step, 0) >= each for step in STEPS), found["killed"]


@pytest.mark.soak
@pytest.mark.parametrize("seed", [2, 3])
def test_a_server_that_is_killed_two_hundred_times_loses_nothing_acknowledged(
    command_server, other_data_dir, tmp_path, seed
):
    found = live_and_die(command_server, other_data_dir, tmp_path, 200, seed, most=MANY)

    hold_against(found, tmp_path, 200)
    hold_heads(found["heads"])
