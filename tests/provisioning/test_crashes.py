"""A process killed while it commands the network loses nothing and does nothing twice."""

import datetime as dt
import os
import signal
import subprocess
import sys
import uuid

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import database
from rollkeeper.kernel.leases import expired_leases
from rollkeeper.provisioning.choices import CommandKind, ReadBack
from rollkeeper.provisioning.gateways.file import FileGateway
from rollkeeper.provisioning.services import push_due, queue_command

ON = dt.date(2012, 3, 2)
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)

# A child that pushes against the demo network and kills itself, without a last word, where the test says.
CHILD = """
import os, signal, sys, datetime as dt
from pathlib import Path
import django; django.setup()
from rollkeeper.access.authority import worker_authority
from rollkeeper.provisioning.services import push_due
from rollkeeper.provisioning.gateways.file import FileGateway
from rollkeeper.operations.bootstrap import open_instance
journal, where = Path(sys.argv[1]), sys.argv[2]
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
class Dying(FileGateway):
    def push(self, orders):
        if where == "before anything was sent":
            die()
        if where == "half way":
            super().push(orders[: len(orders) // 2])
            die()
        answers = super().push(orders)
        if where == "after all was sent":
            die()
        return answers
    def read_back(self, lines, *, bars=()):
        said = super().read_back(lines)
        if where == "after the read-back":
            die()
        return said
open_instance()
push_due(worker_authority(), on=dt.date(2012, 3, 2), gateway=Dying(journal))
"""


@pytest.mark.parametrize(
    "where", ["before anything was sent", "half way", "after all was sent", "after the read-back"]
)
def test_a_killed_run_is_finished_by_the_next_one(committed, tmp_path, where):
    journal = tmp_path / "journal.jsonl"
    lines = [uuid.uuid4() for _ in range(30)]
    for line in lines:
        queue_command(line, kind=CommandKind.BAR, reason="registration", at=AT)
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(journal), where],
        env=os.environ | {"ROLLKEEPER_ROLE": "worker"},
        check=False,
    )
    claimed = database.rows("SELECT claimed_by FROM provisioning_command WHERE claimed_by IS NOT NULL")
    while not expired_leases([row.claimed_by for row in claimed]):  # until the server has noticed
        pass

    push_due(worker_authority(), on=ON, gateway=FileGateway(journal))

    assert child.returncode == -signal.SIGKILL
    assert len(claimed) == len(lines)
    assert {row.state for row in database.rows("SELECT state FROM provisioning_command")} == {"confirmed"}
    assert FileGateway(journal).read_back(lines) == [ReadBack.BARRED] * len(lines)
    assert len(journal.read_bytes().splitlines()) == len(lines)
    assert len(
        database.rows("SELECT line_id FROM ledger_entry WHERE verb = 'provisioning:command:confirmed'")
    ) == len(lines)
