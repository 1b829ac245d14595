"""A process killed while it commands the network loses nothing and does nothing twice."""

import datetime as dt
import signal
import uuid

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import database
from rollkeeper.kernel.claims import dead_claims
from rollkeeper.provisioning.choices import CommandKind, ReadBack
from rollkeeper.provisioning.gateways.file import FileGateway
from rollkeeper.provisioning.services import push_due, queue_command

ON = dt.date(2012, 3, 2)
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "where", ["before anything was sent", "half way", "after all was sent", "after the read-back"]
)
def test_a_killed_run_is_finished_by_the_next_one(committed, command_server, tmp_path, where):
    journal = tmp_path / "journal.jsonl"
    lines = [uuid.uuid4() for _ in range(30)]
    for line in lines:
        queue_command(line, kind=CommandKind.BAR, reason="registration", at=AT)
    child = command_server.run(
        "@tests.provisioning.dying_run:main", str(journal), where, surroundings={"ROLLKEEPER_ROLE": "worker"}
    )
    claimed = database.rows("SELECT claimed_by FROM provisioning_command WHERE claimed_by IS NOT NULL")
    while not dead_claims([row.claimed_by for row in claimed]):  # until the server has noticed
        pass

    push_due(worker_authority(), on=ON, gateway=FileGateway(journal))

    assert child.returncode == -signal.SIGKILL, child.stderr
    assert len(claimed) == len(lines)
    assert {row.state for row in database.rows("SELECT state FROM provisioning_command")} == {"confirmed"}
    assert FileGateway(journal).read_back(lines) == [ReadBack.BARRED] * len(lines)
    assert len(journal.read_bytes().splitlines()) == len(lines)
    assert len(
        database.rows("SELECT line_id FROM ledger_entry WHERE verb = 'provisioning:command:confirmed'")
    ) == len(lines)
