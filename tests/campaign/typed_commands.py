# SPDX-License-Identifier: EUPL-1.2
"""A campaign on the day of its first suspensions, and the commands typed at it, each a separate real process."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import authority_of
from rollkeeper.campaign import batch_control, batch_planning, nightly
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import give_number, make_line
from tests.builders.notices import deliver_notices
from tests.builders.staff import employ
from tests.campaign.population import day, plan
from tests.campaign.small_chunks import DUE
from tests.command_server import CommandServer, Running
from tests.demo import QuickScrypt

PLANNED, NOTIFIED = day("2011-12-19"), day("2011-12-20")
NUMBER = "+8613800138000"
PASSWORD = "an invented pass phrase"


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    code: int
    said: str
    remarks: str

    @property
    def json(self) -> Any:
        return json.loads(self.said)


class Desk:
    """An operator who types commands."""

    def __init__(self, command_server: CommandServer) -> None:
        self._typist = command_server

    def type(self, *words: object, typed: str = "") -> Answer:
        done = self._typist.run(*map(str, words), typed=typed)
        return Answer(done.returncode, done.stdout, done.stderr)

    def campaign(self, *words: object, on: object = DUE, typed: str = "") -> Answer:
        return self.type("campaign", *words, "--on", on, typed=typed)

    def start(self, *words: object) -> Running:
        """Start a command whose output is not read."""
        with Path(os.devnull).open("w") as nothing:
            return self._typist.start(*map(str, words), out=nothing.fileno(), err=nothing.fileno())


def surroundings() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "ROLLKEEPER_PASSWORD"}
    return kept | {"ROLLKEEPER_ROLE": "console", "COLUMNS": "200"}


def employ_with_password(*people: tuple[str, StaffRole]) -> None:
    """Employ people who can sign in, by a password that is quick to try."""
    hashed = make_password(PASSWORD, hasher=QuickScrypt())
    for name, role in people:
        employ(role, username=name, password=hashed)


def prepared() -> BatchId:
    """Prepare the batch that is due."""
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE)
    drawn = batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE)
    (batch_id,) = [due.batch_id for due in drawn if due.batch_id is not None]
    return batch_id


def approved() -> BatchId:
    """Prepare the batch that is due and have two people approve it."""
    batch_id = prepared()
    for staff in Staff.objects.filter(username__in=["anna", "tashi"]):
        batch_control.approve_batch(authority_of(staff), batch_id, on=DUE)
    return batch_id


def notified_lines(count: int) -> list[LineId]:
    """Make lines whose subscribers were notified in time; the first one has NUMBER. The clocks have not been started."""
    begin_first_epoch()
    line_ids = [make_line() for _ in range(count)]
    give_number(line_ids[0], NUMBER)
    plan(PLANNED)
    deliver_notices(NOTIFIED)
    return line_ids
