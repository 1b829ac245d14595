# SPDX-License-Identifier: EUPL-1.2
"""`rollkeeper campaign run`, killed at any instant and typed again, or typed three times at once: the same in the end.

The register afterwards is compared, line by line, with an undisturbed run.
"""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId
from rollkeeper.lines.services import mark_disputed
from tests.campaign.population import pause, register
from tests.campaign.typed_commands import (
    DUE,
    Desk,
    approved,
    employ_with_password,
    notified_lines,
    surroundings,
)
from tests.command_server import CommandServer
from tests.conftest import _empty_everything
from tests.processes import is_alive

LINES = 120
RUN = "@tests.campaign.small_chunks:run_in_small_chunks"


@pytest.fixture(scope="module")
def desk(data_dir: object) -> Iterator[Desk]:
    command_server = CommandServer(surroundings())
    yield Desk(command_server)
    command_server.go()


def played(go: Callable[[], None]) -> list[Any]:
    """Make a fresh register with an approved batch, run it in some way, and return what became of everybody."""
    _empty_everything()
    employ_with_password(("anna", StaffRole.CAMPAIGN_MANAGER), ("tashi", StaffRole.SUPERVISOR))
    line_ids = notified_lines(LINES)
    approved()
    for line_id in line_ids[:10]:  # after the approval, before the run
        register(line_id, DUE)
    for line_id in line_ids[10:15]:
        mark_disputed(console_authority(), line_id, DUE)
    for line_id in line_ids[15:20]:
        pause(line_id, DUE, None, DUE)
    go()
    return [*fates_of(line_ids), of_the_batch()]


def fates_of(line_ids: list[LineId]) -> list[tuple[object, ...]]:
    found = rows(
        "SELECT l.state, l.version, l.is_registered, m.stage, m.anchor_on, m.next_check_on, b.outcome,"
        " b.skip_reason,"
        " ARRAY(SELECT begun_on || ' ' || coalesce(restored_on::text, '') FROM lines_suspension s"
        "        WHERE s.line_id = l.line_id) AS suspensions,"
        " ARRAY(SELECT kind || ' ' || state FROM provisioning_command c WHERE c.line_id = l.line_id ORDER BY 1) AS commands,"
        " ARRAY(SELECT kind || ' ' || state FROM notices_notice n WHERE n.line_id = l.line_id ORDER BY 1) AS notices,"
        " ARRAY(SELECT verb FROM ledger_entry e WHERE e.line_id = l.line_id ORDER BY 1) AS entries"
        " FROM lines_line l JOIN campaign_member m USING (line_id)"
        " LEFT JOIN campaign_batchline b USING (line_id) WHERE l.line_id = ANY (%(lines)s)"
        " ORDER BY array_position(%(lines)s, l.line_id)",
        {"lines": line_ids},
    )
    assert len(found) == len(line_ids)
    return [tuple(line) for line in found]


def of_the_batch() -> tuple[object, ...]:
    (batch,) = rows(
        "SELECT b.state, b.line_count, b.position_done, (SELECT sum(done) FROM campaign_chunk) AS done,"
        " (SELECT sum(n::int) FROM campaign_chunk, jsonb_each_text(skipped) AS p (why, n)) AS skipped,"
        " ARRAY(SELECT stage || ' ' || sum(lines) FROM campaign_tally GROUP BY stage HAVING sum(lines) <> 0"
        "        ORDER BY 1) AS stages,"
        " ARRAY(SELECT verb FROM ledger_entry WHERE verb LIKE 'campaign:batch:%%' ORDER BY 1) AS entries"
        " FROM campaign_batch b"
    )
    return tuple(batch)


_UNDISTURBED: list[Any] = []


@pytest.fixture
def undisturbed(committed: None, no_batch_limits: None, desk: Desk) -> list[Any]:
    """The result of an undisturbed run; computed once."""
    if not _UNDISTURBED:
        _UNDISTURBED.extend(played(lambda: done_once(desk)))
    return _UNDISTURBED


def done_once(desk: Desk) -> None:
    assert desk.type(RUN).code == 0


def test_the_run_that_nobody_disturbs_cuts_exactly_whom_it_may(undisturbed):
    *fates, batch = undisturbed

    assert [fate[0] for fate in fates] == ["active"] * 20 + ["suspended"] * (LINES - 20)
    assert batch[:5] == ("done", LINES, LINES, LINES - 20, 20)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_run_killed_at_any_instant_and_typed_again_ends_as_if_nobody_had(undisturbed, desk, seed):
    kills: list[int] = []

    disturbed = played(lambda: kills.append(killed_and_typed_again(desk, seed)))

    assert kills[0] >= 2
    assert disturbed == undisturbed


def killed_and_typed_again(desk: Desk, seed: int, *, times: int = 4) -> int:
    """Type the run, kill -9 it at a random instant of its work, and type it again until it ends by itself."""
    dice, kills = random.Random(seed), 0  # noqa: S311
    for attempt in range(times + 1):
        running = desk.start(RUN)
        if attempt < times:
            at_work = dice.randrange(1, LINES - 10)
            if wait_for_position(at_work, running.process):
                time.sleep(dice.uniform(0, 0.02))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(running.process, signal.SIGKILL)
        code = running.finish()
        assert code in {0, -signal.SIGKILL}
        kills += code == -signal.SIGKILL
    assert code == 0
    return kills


def wait_for_position(least: int, process: int) -> bool:
    """Wait until a running batch has come so far; say whether the process is still there."""
    while rows("SELECT max(position_done) AS far FROM campaign_batch")[0].far < least:
        if not is_alive(process):
            return False
        time.sleep(0.002)
    return True


def test_three_runs_at_once_as_processes_do_the_work_of_one(undisturbed, desk):
    def at_once() -> None:
        running = [desk.start(RUN) for _ in range(3)]
        assert {one.finish() for one in running} <= {0, 1}

    assert played(at_once) == undisturbed
