# SPDX-License-Identifier: EUPL-1.2
"""The machine dies, not the process: what was acknowledged is on the disk, even if the disk forgets what no flush covered."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rollkeeper.ledger import auditor
from tests.command_server import common_server
from tests.faults.forgetful_disk import Disk

MEGABYTES = 900
MOST_APART_S = 1.2


@pytest.fixture
def disk() -> Iterator[Disk]:
    if os.geteuid() != 0:
        pytest.skip("only root can make a block device: a disk that forgets was NOT tried")
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-forgetful-"))
    folder.chmod(0o755)
    yield Disk(folder, MEGABYTES)
    shutil.rmtree(folder)


@dataclass(frozen=True)
class PowerCut:
    """A copy of the disk, and what had been acknowledged before it was made."""

    copy: Path
    numbers: list[str]
    checkpoints: list[str]
    unsure: int
    forgotten: int


def surroundings(place: Path) -> dict[str, str]:
    """Return the environment of an instance whose servers wait for the disk, unlike those of other tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")}
    return kept | {"ROLLKEEPER_HOME": str(place), "ROLLKEEPER_ROLE": "migrator"}


def cut_while_at_work(disk: Disk, folder: Path, times: int, dice: random.Random) -> list[PowerCut]:
    """Have an instance register people on the disk; copy it at random instants."""
    heard: dict[str, list[str]] = {"ready": [], "registered": [], "published": []}
    cuts = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.acknowledged", "work", disk.place / "log"],
        env=surroundings(disk.place / "instance"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as worker:  # fmt: skip

        def listen() -> None:
            for line in worker.stdout:
                what, value = json.loads(line)
                heard[what].append(value)

        thread = threading.Thread(target=listen)
        thread.start()
        while not heard["ready"] or len(heard["registered"]) < 3:
            assert worker.poll() is None, "the instance could not be made"
            time.sleep(0.05)
        for nth in range(times):
            time.sleep(dice.uniform(0, MOST_APART_S))
            numbers, checkpoints = list(heard["registered"]), list(heard["published"])
            unsure, forgotten = disk.copy(folder / f"cut-{nth}")
            cuts.append(PowerCut(folder / f"cut-{nth}", numbers, checkpoints, unsure, forgotten))
        worker.stdin.close()
        assert worker.wait(60) == 0
        thread.join()
    return cuts


def start_again(disk: Disk, cut: PowerCut, kept: Path) -> dict[str, object]:
    """Start the instance of a copy as a machine does that was switched on again; return what it has."""
    with disk.mounted_copy(cut.copy):
        instance = disk.place / "instance"
        for mark in (*instance.glob("*/pg/postmaster.pid"), *instance.glob("run/**/.s.PGSQL*")):
            mark.unlink()  # the processes that they name are other machines' now
        done = common_server().run(
            "@tests.faults.acknowledged:main", "check", str(disk.place / "log"), typed=json.dumps(cut.numbers), data_dir=instance,
            surroundings={"ROLLKEEPER_ROLE": "migrator", "ROLLKEEPER_SERVER_CONFIGURATION": ""},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        kept.mkdir()
        for nth, note in enumerate(cut.checkpoints):
            (kept / str(nth)).write_text(note, "utf-8")
        key = auditor.read_key((disk.place / "log" / "vkey").read_text("utf-8"))
        size = auditor.audit(disk.place / "log", key=key, older=sorted(kept.iterdir())).size
        return json.loads(done.stdout) | {"size": size}


def after_a_cut(disk: Disk) -> dict[str, str]:
    """Write, flush, write again, and return what a copy of that instant has."""
    copy = disk.place.parent / "cut"
    with disk.mounted():
        (disk.place / "flushed").write_text("kept", "utf-8")
        subprocess.run(["sync", "--file-system", disk.place], check=True)
        (disk.place / "flushed").write_text("later", "utf-8")
        (disk.place / "other").write_text("later", "utf-8")
        disk.copy(copy)
    with disk.mounted_copy(copy):
        return {file.name: file.read_text("utf-8") for file in disk.place.iterdir() if file.is_file()}


def test_the_disk_keeps_what_a_flush_covered_and_forgets_what_none_did(disk: Disk) -> None:
    """Another process of the machine may flush every file system in between: then it is tried again."""
    tried = []
    while len(tried) < 5 and all("later" in found.values() for found in tried):
        tried.append(after_a_cut(disk))

    assert all("flushed" in found for found in tried)
    assert "later" not in tried[-1].values()


@pytest.mark.parametrize("times", [2, pytest.param(40, marks=pytest.mark.soak)])
def test_after_a_power_cut_every_receipt_has_its_entry_and_the_ledger_continues(
    disk: Disk, tmp_path: Path, times: int
) -> None:
    folder = disk.place.parent
    with disk.mounted():
        cuts = cut_while_at_work(disk, folder, times, random.Random(times))  # noqa: S311

    for nth, cut in enumerate(cuts):
        found = start_again(disk, cut, tmp_path / str(nth))

        cut.copy.unlink()
        print(f"cut {nth}: {cut.unsure} blocks not flushed, {cut.forgotten} forgotten; {found}")
        assert cut.numbers
        assert (found["lost"], found["doubled"], found["amcheck"]) == ([], [], "")
        assert found["size"] >= len(cut.numbers)
