# SPDX-License-Identifier: EUPL-1.2
"""The machine dies, not a process: what was acknowledged was on the disk before it was said."""

import json
import os
import random
import signal
import time
from contextlib import suppress

import pytest

from tests.campaign.crash_runs import MAKE_READY, MAP, TYPED, write_lines
from tests.campaign.typed_commands import surroundings
from tests.command_server import CommandServer
from tests.operations.forgetting_disk import EXAMINE, REGISTER_AND_SAY, can_be_made, forgetting_disk
from tests.operations.test_process_supervisor import until


class Instance:
    """An instance on the disk, and an operator who types at it."""

    def __init__(self, disk):
        self.data_dir = disk.mounted / "data_dir"
        # The servers of other tests flush nothing: with theirs this one finds the last receipts lost.
        flushing = {"ROLLKEEPER_SERVER_CONFIGURATION": ""}
        self._typist = CommandServer(surroundings() | flushing | {"ROLLKEEPER_HOME": str(self.data_dir)})

    def do(self, *words):
        done = self._typist.run(*map(str, words))
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def start(self, *words, said):
        return self._typist.start(*map(str, words), out=said.fileno(), err=said.fileno())

    def up(self):
        self._typist.hold_servers(self.data_dir)

    def down(self):
        self._typist.go()


@pytest.mark.parametrize(("copies", "lines"), [(2, 1_500), pytest.param(60, 20_000, marks=pytest.mark.soak)])
def test_what_was_acknowledged_is_on_the_disk_at_any_instant(tmp_path, copies, lines):
    if not can_be_made():
        pytest.skip("only root can make loop devices: a disk that forgets was NOT tried")
    dice, taken = random.Random(copies), []  # noqa: S311
    with forgetting_disk() as disk:
        with disk.attached():
            instance = Instance(disk)
            said = (tmp_path / "said").open("w+")
            try:
                instance.do(MAKE_READY)
                instance.up()
                _make_lines(instance, tmp_path, lines)
                instance.do("ledger", "publish", instance.data_dir / "log")
                files = [tmp_path / f"acknowledged-{n}" for n in range(2)]
                half = lines // 2
                under_way = [
                    instance.start(REGISTER_AND_SAY, n * half, (n + 1) * half, file, said=said)
                    for n, file in enumerate(files)
                ]
                until(lambda: all(file.exists() and file.stat().st_size for file in files), seconds=120)
                for nth in range(copies):
                    time.sleep(dice.uniform(0.5, 1.5))
                    before = "".join(file.read_text("utf-8") for file in files if file.exists())
                    taken.append((disk.copy(), before[: before.rfind("\n") + 1], nth))
                for one in under_way:
                    _end(one)
            finally:
                instance.down()
        assert taken[-1][1].count("\n") > 0, (tmp_path / "said").read_text()

        for copy, acknowledged, nth in taken:
            receipts = tmp_path / f"receipts-{nth}"
            receipts.write_text(acknowledged, "utf-8")
            with disk.started_from(copy):
                again = Instance(disk)
                try:
                    again.up()
                    found = json.loads(again.do(EXAMINE, receipts))
                    again.do("ledger", "publish", again.data_dir / "log")
                    again.do("ledger", "verify", again.data_dir / "log")
                finally:
                    again.down()
            assert found == {"lost": [], "broken": []}, (nth, acknowledged.count("\n"))


def _make_lines(instance, folder, count):
    way = folder / "map.toml"
    way.write_text(MAP, "utf-8")
    instance.do(
        TYPED, "import", write_lines(folder / "lines.csv", range(count)), "--map", way, "--on", "2011-12-10"
    )


def _end(running):
    with suppress(ProcessLookupError):
        os.kill(running.process, signal.SIGKILL)
    running.finish()
