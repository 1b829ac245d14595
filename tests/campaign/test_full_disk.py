# SPDX-License-Identifier: EUPL-1.2
"""A disk that really is full, under an import and under a batch: a clear refusal, nothing cut wrongly, and on it goes.

The instance is on a separate small file system, which only root can make.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaign.crash_runs import ASK, MAKE_READY, MAP, TYPED, write_lines, write_people
from tests.campaign.typed_commands import DUE, PASSWORD, PLANNED, Answer, surroundings
from tests.command_server import CommandServer

pytestmark = pytest.mark.soak
SIZE, LINES, REGISTERED = "800m", 30_000, 300
LEFT_MIB = 12
"""Less than a segment of the write-ahead log: the work begins, and breaks off in the midst of it."""


class SmallInstance:
    """An instance on a small disk, and an operator who types at it."""

    def __init__(self, disk: Path, command_server: CommandServer) -> None:
        self._disk, self._typist = disk, command_server

    def type(self, *words: object, typed: str = "") -> Answer:
        done = self._typist.run(*map(str, words), typed=typed)
        return Answer(done.returncode, done.stdout, done.stderr)

    def do(self, *words: object, typed: str = "") -> str:
        answer = self.type(*words, typed=typed)
        assert answer.code == 0, answer
        return answer.said

    def ask(self, statement: str) -> list[list[object]]:
        return json.loads(self.do(ASK, statement))

    def fill(self) -> None:
        """Fill the disk up but for a little."""
        free = shutil.disk_usage(self._disk).free
        with (self._disk / "ballast").open("wb") as ballast:
            os.posix_fallocate(ballast.fileno(), 0, free - (LEFT_MIB << 20))

    def make_room(self) -> None:
        (self._disk / "ballast").unlink()


@pytest.fixture
def instance_there() -> Iterator[SmallInstance]:
    """An instance that is made, on a file system in memory; it is unmounted when its servers are down."""
    if os.geteuid() != 0:
        pytest.skip("only root can make a small file system: a full disk was NOT tried")
    disk = Path(tempfile.mkdtemp(prefix="rollkeeper-small-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", disk], check=True)
    command_server = CommandServer(surroundings() | {"ROLLKEEPER_HOME": str(disk / "data_dir")})
    try:
        command_server.run(MAKE_READY)
        command_server.hold_servers(disk / "data_dir")
        yield SmallInstance(disk, command_server)
    finally:
        command_server.go()
        subprocess.run(["umount", disk], check=True)
        disk.rmdir()


def test_a_full_disk_stops_an_import_and_a_batch_and_both_go_on_once_there_is_room(
    instance_there: SmallInstance, tmp_path: Path
) -> None:
    lines, people, way = (
        write_lines(tmp_path / "lines.csv", range(LINES)),
        tmp_path / "people.jsonl",
        tmp_path / "map.toml",
    )
    way.write_text(MAP, "utf-8")
    taking_in = (TYPED, "import", lines, "--map", way, "--on", "2011-12-10")

    instance_there.fill()
    refused = instance_there.type(*taking_in)
    again = instance_there.type(*taking_in)
    instance_there.make_room()
    ((before,),) = instance_there.ask("SELECT count(*) FROM lines_line")
    instance_there.do(*taking_in)

    for answer in (refused, again):
        assert answer.code != 0
        assert "disk is full" in answer.remarks
    assert 0 < before < LINES
    assert instance_there.ask(
        "SELECT count(*) AS lines, count(DISTINCT number_index) AS numbers, (SELECT sum((body::jsonb #>> '{facts,lines}')::integer) FROM ledger_entry"
        " WHERE verb = 'imports:lines:imported') AS entered FROM lines_line WHERE number_index IS NOT NULL AND activated_on < '2012-01-01'"
    ) == [[LINES, LINES, LINES]]

    _bring_to_the_day(instance_there)
    instance_there.do("register", write_people(people, range(REGISTERED)), "--on", DUE)
    carrying_out = (TYPED, "campaign", "run", "--on", DUE)
    instance_there.fill()
    refused = instance_there.type(*carrying_out)
    again = instance_there.type(*carrying_out)
    instance_there.make_room()
    half_way = _stories(instance_there)
    instance_there.do(*carrying_out)

    for answer in (refused, again):
        assert answer.code != 0
        assert "disk is full" in answer.remarks
    registered, cut, waiting = (
        ("active", True, 0, 0, 0, 0),
        ("suspended", False, 1, 1, 1, 1),
        ("active", False, 0, 0, 0, 0),
    )
    assert half_way.keys() <= {registered, cut, waiting}
    assert min(half_way[cut], half_way[waiting]) > 0
    assert _stories(instance_there) == {registered: REGISTERED, cut: LINES - REGISTERED}
    assert instance_there.ask("SELECT state, position_done FROM campaign_batch") == [["done", LINES]]


def _bring_to_the_day(data_dir: SmallInstance) -> None:
    """Have everybody notified, and a batch of all approved by two."""
    data_dir.do("campaign", "plan", "--on", PLANNED)
    data_dir.ask(
        "UPDATE notices_notice SET state = 'delivered', channel = 'sms', delivered_on = '2011-12-20'"
    )
    data_dir.do("campaign", "run", "--on", DUE)
    (drawn, _) = json.loads(data_dir.do("campaign", "prepare", "--json", "--on", DUE))
    for who in ("anna", "tashi"):
        data_dir.do("campaign", "approve", drawn["batch_id"], "--as", who, "--on", DUE, typed=PASSWORD + "\n")


def _stories(data_dir: SmallInstance) -> Counter[tuple[object, ...]]:
    """Count the lines of each story: state, registered, and how many suspensions, commands, notices and entries of a cut."""
    found = data_dir.ask(
        "SELECT state, is_registered, (SELECT count(*) FROM lines_suspension x WHERE x.line_id = l.line_id) AS cuts,"
        " (SELECT count(*) FROM provisioning_command x WHERE x.line_id = l.line_id AND kind = 'bar') AS commands,"
        " (SELECT count(*) FROM notices_notice x WHERE x.line_id = l.line_id AND kind = 'suspended') AS notices,"
        " (SELECT count(*) FROM ledger_entry x WHERE x.line_id = l.line_id AND verb = 'line:line:suspended') AS entries FROM lines_line l"
        " JOIN campaign_member USING (line_id)"
    )
    return Counter(map(tuple, found))
