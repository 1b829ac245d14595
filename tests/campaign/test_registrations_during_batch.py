# SPDX-License-Identifier: EUPL-1.2
"""Registrations arrive at 200 a second while a batch of suspensions runs: no registered line is suspended, and none is lost."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable

import pytest

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.campaign import batch_execution, nightly
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuids
from rollkeeper.vault.blind_index import blind_numbers
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.notices import deliver_notices
from tests.builders.staff import employ_approvers
from tests.campaign.population import approved_batches, plan
from tests.campaign.registration_load import number
from tests.campaign.typed_commands import DUE, NOTIFIED, PLANNED

pytestmark = pytest.mark.soak
LINES, SECONDS = 24_000, 60
COUNTERS, DESKS = ((1, 25), (1, 25)), ((50, 75), (50, 75))
"""Registrations at once and a second: two counters, which register one person at a time, and two workers that take in what shops took down."""
PLACES = len(COUNTERS + DESKS)
STANDING = """
SELECT l.number_index, l.line_id, l.state, l.is_registered,
       (SELECT count(*) FROM lines_tenure x WHERE x.line_id = l.line_id) AS tenures,
       (SELECT count(*) FROM lines_suspension x WHERE x.line_id = l.line_id) AS cuts,
       (SELECT count(*) FROM lines_suspension x WHERE x.line_id = l.line_id AND x.restored_on IS NULL) AS still_cut,
       (SELECT string_agg(verb, ' ' ORDER BY entry_id) FROM ledger_entry x
         WHERE x.line_id = l.line_id AND verb IN ('line:line:suspended', 'line:tenure:registered')) AS story
  FROM lines_line l
"""


@pytest.fixture
def people(committed: None, no_batch_limits: None) -> tuple[Authority, Authority]:
    return employ_approvers()


def notified_lines() -> None:
    """Make lines that can be found by their numbers, whose subscribers were notified in time."""
    begin_first_epoch()
    values = [new_uuids(LINES), blind_numbers([number(n) for n in range(LINES)])]
    run(
        "INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential, activated_on,"
        " language, number_index) SELECT line_id, 'mobile', 'active', 1, false, false, false, '2010-05-01', 'en', i"
        " FROM unnest(%s::uuid[], %s::bytea[]) AS made (line_id, i)",
        values,
    )
    run(
        "INSERT INTO lines_number (line_id, number_index) SELECT * FROM unnest(%s::uuid[], %s::bytea[])",
        values,
    )
    plan(PLANNED)
    deliver_notices(NOTIFIED)
    run("ANALYZE")


def open_counters() -> list[subprocess.Popen[str]]:
    """Open counters and desks; each waits for a line on its input."""
    counters = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.campaign.registration_load",
             *map(str, (n, PLACES, min(a_second * SECONDS, LINES // PLACES), a_second, SECONDS, at_once))],
            env=os.environ | {"ROLLKEEPER_ROLE": "counter" if at_once == 1 else "worker"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for n, (at_once, a_second) in enumerate(COUNTERS + DESKS)
    ]  # fmt: skip
    for counter in counters:
        assert counter.stdout
        assert counter.stdout.readline() == "open\n"
    return counters


def over_the_minute() -> Callable[[int], None]:
    """Let a run take its chunks at such a pace that it lasts as long as people come."""
    begun, turned = time.monotonic(), 0

    def moved(lines: int) -> None:
        nonlocal turned
        turned += lines
        time.sleep(max(0.0, begun + SECONDS * turned / LINES - time.monotonic()))

    return moved


def test_nobody_who_registers_while_a_batch_runs_is_cut_and_no_registration_is_lost(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_execution, "CHUNK", 200)
    notified_lines()
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE)
    (batch_id,) = approved_batches(DUE, people)
    counters = open_counters()

    for counter in counters:
        assert counter.stdin
        counter.stdin.write("\n")
        counter.stdin.flush()
    begun = time.monotonic()
    ran = batch_execution.run_batch(worker_authority(), batch_id, on=DUE, moved=over_the_minute())
    took = time.monotonic() - begun
    said = [json.loads(counter.communicate()[0]) for counter in counters]

    receipts = {n for one in said for n in one["done"]}
    print(
        f"{len(receipts)} registered at {len(receipts) / max(one['seconds'] for one in said):.0f} a second, the slowest in"
        f" {max(one['slowest'] for one in said):.2f} s, while a batch ran for {took:.0f} s: {ran.done} cut, {ran.skipped} passed over"
    )
    place_of = {index: n for n, index in enumerate(blind_numbers([number(n) for n in range(LINES)]))}
    standing = {place_of[bytes(row.number_index)]: row for row in rows(STANDING)}
    assert [one["refused"] for one in said] == [{}] * PLACES
    assert {n for n, row in standing.items() if row.is_registered} == receipts
    stories = Counter(
        (n in receipts, row.state, row.tenures, row.cuts, row.still_cut, row.story)
        for n, row in standing.items()
    )
    registered, cut = "line:tenure:registered", "line:line:suspended"
    assert stories.keys() == {
        (True, "active", 1, 0, 0, registered),
        (True, "active", 1, 1, 0, f"{cut} {registered}"),
        (False, "suspended", 0, 1, 1, cut),
    }
    assert (ran.state, ran.done + ran.skipped) == ("done", LINES)
    assert ran.done == sum(row.cuts for row in standing.values())
