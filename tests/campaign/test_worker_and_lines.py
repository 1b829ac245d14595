# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a worker: an approved batch takes service from no line that was heard or registered since."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import batch_execution
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.services import mark_disputed, pause_clock, resume_clock
from tests.builders.lines import make_line
from tests.campaign.population import register
from tests.campaign.test_batches import DUE, END_DUE, approve, carry_out, drawn, notified_lines
from tests.campaign.test_worker_role import RUNS, SUSPENDED, refused

type People = tuple[Authority, Authority]
type AsRole = Callable[[str], AbstractContextManager[None]]

TERMINATED = (
    "UPDATE lines_line SET state = 'terminated', terminated_on = %(on)s, terminated_by = 'campaign', version = version + 1"
    " WHERE line_id = %(line)s"
)
TAKEN_BACK = [
    "SELECT",
    "UPDATE lines_line SET is_disputed = false WHERE line_id = %(line)s",
    "UPDATE lines_line SET is_registered = false WHERE line_id = %(line)s",
    "UPDATE lines_line SET must_reverify = is_registered WHERE line_id = %(line)s",
    "UPDATE lines_line SET must_reverify = is_registered, version = version - 1 WHERE line_id = %(line)s",
    "UPDATE lines_line SET is_registered = false, version = version - 1 WHERE line_id = %(line)s",
    "UPDATE campaign_batchline SET line_version = 2",
]
"""What an attacker does besides, so that the line looks as it did when people approved."""


def disputes(line_id: LineId) -> None:
    mark_disputed(console_authority(), line_id, DUE)


def registers(line_id: LineId) -> None:
    register(line_id, DUE)


@pytest.fixture
def to_suspend(people: People) -> tuple[BatchId, LineId]:
    (line_id,) = notified_lines(1)
    batch_id = drawn()
    approve(batch_id, people)
    return batch_id, line_id


@pytest.fixture
def to_terminate(to_suspend: tuple[BatchId, LineId], people: People) -> tuple[BatchId, LineId]:
    first, line_id = to_suspend
    carry_out(first)
    batch_id = drawn(END_DUE)
    approve(batch_id, people, END_DUE)
    return batch_id, line_id


@pytest.mark.parametrize("meanwhile", [registers, disputes])
@pytest.mark.parametrize("besides", TAKEN_BACK)
def test_a_line_that_was_registered_or_disputed_since_is_not_suspended(
    to_suspend: tuple[BatchId, LineId], as_role: AsRole, meanwhile: Callable[[LineId], None], besides: str
) -> None:
    batch_id, line_id = to_suspend
    meanwhile(line_id)

    with as_role("worker"):
        assert refused(RUNS, besides, SUSPENDED, batch=batch_id, line=line_id, on=DUE)


@pytest.mark.parametrize("besides", TAKEN_BACK)
def test_a_line_that_was_disputed_since_is_not_terminated(
    to_terminate: tuple[BatchId, LineId], as_role: AsRole, besides: str
) -> None:
    batch_id, line_id = to_terminate
    disputes(line_id)

    with as_role("worker"):
        assert refused(RUNS, besides, TERMINATED, batch=batch_id, line=line_id, on=END_DUE)


def test_a_line_of_an_approved_batch_that_is_as_it_was_is_terminated(
    to_terminate: tuple[BatchId, LineId], as_role: AsRole
) -> None:
    batch_id, line_id = to_terminate

    with as_role("worker"):
        assert not refused(RUNS, TERMINATED, batch=batch_id, line=line_id, on=END_DUE)


def test_a_worker_carries_an_approved_batch_out_by_its_own_rights(
    to_suspend: tuple[BatchId, LineId], as_role: AsRole
) -> None:
    batch_id, line_id = to_suspend
    run("DISCARD TEMPORARY")  # of the role that prepared the batch

    with as_role("worker"):
        done = batch_execution.run_batch(worker_authority(), batch_id, on=DUE)

    (line,) = rows("SELECT state FROM lines_line WHERE line_id = %s", [line_id])
    assert (done.done, line.state) == (1, "suspended")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_line SET line_id = uuidv7() WHERE line_id = %(line)s",
        "UPDATE lines_line SET service = 'broadband' WHERE line_id = %(line)s",
        "UPDATE lines_line SET activated_on = '2000-01-01' WHERE line_id = %(line)s",
        "UPDATE lines_line SET region = 'x' WHERE line_id = %(line)s",
        "UPDATE lines_line SET number_index = sha256('x') WHERE line_id = %(line)s",
        "UPDATE lines_line SET version = version - 1 WHERE line_id = %(line)s",
        "UPDATE lines_line SET is_registered = false, version = version + 1 WHERE line_id = %(line)s",
        "DELETE FROM lines_number WHERE line_id = %(line)s",
    ],
)
def test_a_worker_rewrites_no_line_that_is_in_force(people: People, as_role: AsRole, statement: str) -> None:
    line_id = make_line()
    register(line_id, DUE)

    with as_role("worker"):
        assert refused(statement, line=line_id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_number SET quarantined_until = NULL",
        "UPDATE lines_number SET quarantined_until = quarantined_until - 1",
        "UPDATE lines_number SET quarantined_until = '2000-01-01'",
    ],
)
def test_a_worker_gives_no_number_out_before_its_rest_is_over(
    people: People, as_role: AsRole, statement: str
) -> None:
    line_id = make_line(state="terminated", terminated_on=DUE, terminated_by="subscriber")
    run("UPDATE lines_number SET quarantined_until = '2012-09-01' WHERE line_id = %s", [line_id])

    with as_role("worker"):
        assert refused(statement)


@pytest.mark.parametrize("role", ["counter", "worker"])
def test_no_role_makes_a_line_another_version_where_it_restores_nothing(
    people: People, as_role: AsRole, role: str
) -> None:
    line_id = make_line()

    with as_role(role):
        assert refused("SELECT lines_restore(%(line)s, 'registration', '2012-03-02', now())", line=line_id)


@pytest.mark.parametrize(
    "besides",
    [
        "SELECT",
        "DELETE FROM lines_pause",
        "UPDATE lines_pause SET days = 'empty'",
        "UPDATE lines_pause SET days = daterange(lower(days), lower(days) + 1)",
        "UPDATE lines_pause SET days = daterange(lower(days) + 60, NULL)",
    ],
)
def test_a_line_whose_clock_was_paused_since_is_not_suspended(
    to_suspend: tuple[BatchId, LineId], as_role: AsRole, besides: str
) -> None:
    batch_id, line_id = to_suspend
    pause_clock(console_authority(), line_id, DUE - dt.timedelta(days=2), None, PauseReason.HOSPITAL, DUE)

    with as_role("worker"):
        assert refused(RUNS, besides, SUSPENDED, batch=batch_id, line=line_id, on=DUE)


def test_a_line_whose_pause_is_over_is_suspended(to_suspend: tuple[BatchId, LineId], as_role: AsRole) -> None:
    batch_id, line_id = to_suspend
    before = DUE - dt.timedelta(days=1)
    pause_clock(console_authority(), line_id, before, None, PauseReason.HOSPITAL, DUE)

    with as_role("worker"):
        resume_clock(console_authority(), line_id, before, PauseReason.HOSPITAL, DUE)
        assert not refused(RUNS, SUSPENDED, batch=batch_id, line=line_id, on=DUE)
