# SPDX-License-Identifier: EUPL-1.2
"""What people do to a campaign in hand, right after a night that changed a fifth of all lines: stop, stay, undo, compare, close.

A quiet campaign does none of this, so neither the night's bench nor two years of nights include it. The database's statistics are from
before the night, as for staff who act in that hour: a statement planned by them would read everything again for each chunk. There is no
baseline: ten times as many lines may take ten times as long, and a person who requests a stop must not wait.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import (
    batch_control,
    batch_execution,
    batch_rollback,
    closure,
    court_stays,
    nightly,
    outage_hours,
    planning,
)
from rollkeeper.campaign.choices import WaiverReason
from rollkeeper.campaign.errors import CAMPAIGN_NOT_OVER
from rollkeeper.kernel.database import Role, action, rows
from rollkeeper.kernel.database import run as do
from rollkeeper.kernel.errors import Faults
from rollkeeper.kernel.ids import BatchId
from rollkeeper.kernel.settings import write_settings
from rollkeeper.provisioning import queries
from rollkeeper.provisioning.services import push_due
from tests.bench.bench_campaign import _as, _empty, _on, _person, _populate, _seconds
from tests.builders.lines import mark_registered
from tests.campaign.population import approved_batches
from tests.campaign.soak import Network
from tests.refusals import refusing

type Row = tuple[str, int, float, float | None, float | None, str]
type Act = tuple[str, int, float, str]
"""An action, its number of lines, its seconds, its limit."""

PLANNED, NOTIFIED, COMING, DUE = (
    dt.date(2011, 12, 19),
    dt.date(2012, 1, 5),
    dt.date(2012, 1, 20),
    dt.date(2012, 3, 6),
)
DAY = dt.timedelta(days=1)
ONE_IN, NOT_NOTIFIED_ONE_IN, CHUNK = 5, 100, 10_000
LONGEST_WAIT = 120
AT_ONCE = "at once"


def run(sizes: Sequence[int]) -> Iterator[Row]:
    """Empty the register and measure, for each size."""
    write_settings(campaign={"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9})
    for size in sizes:
        for what, count, seconds, limit in _at(size):
            yield f"{what}: {1000 * count // size / 10:.4g} % of the lines", size, seconds, None, None, limit


def _at(size: int) -> Iterator[Act]:
    _empty()
    _populate(size)
    _until_due(size)
    played = _Played()
    yield from _stopped(played, size // ONE_IN // 2)
    yield from _undone(played)
    yield from _cut_again(played, size)
    yield from _closed(played)


class _Played:
    """The people who act, the current day, and the network that gets the commands."""

    def __init__(self) -> None:
        self.manager, self.supervisor, self.another = (
            _person(role) for role in (StaffRole.CAMPAIGN_MANAGER, StaffRole.SUPERVISOR, StaffRole.SUPERVISOR)
        )
        self.network = Network()
        self.on = DUE

    def nights(self, done: Callable[[], bool]) -> BatchId:
        """Play nights until `done` is true; return the batch that was run last."""
        with _as(Role.WORKER):
            for _ in range(LONGEST_WAIT):
                self.on = _on(self.on + DAY)
                nightly.run_nightly(worker_authority(), on=self.on)
                for batch_id in self.approved():
                    batch_execution.run_batch(worker_authority(), batch_id, on=self.on)
                if done():
                    return batch_id
        raise AssertionError(self.on)

    def approved(self) -> list[BatchId]:
        people = (self.manager, self.supervisor)
        return approved_batches(self.on, people, approving=lambda: _as(Role.BACKOFFICE))

    def push(self) -> int:
        with _as(Role.WORKER):
            return push_due(worker_authority(), on=self.on, gateway=self.network).total


def _stopped(played: _Played, half: int) -> Iterator[Act]:
    """Run half of a batch, stop it as a supervisor, enter a court's stay; the network has received no command yet."""
    taken: list[float] = []

    def stop(_: int) -> None:
        if not taken and _count("suspended") >= half:
            taken.append(
                _seconds(lambda: batch_control.stop_batch(played.supervisor, batch_id, on=played.on))
            )

    on = _on(played.on)
    with _as(Role.WORKER):
        nightly.run_nightly(worker_authority(), on=on, after_gap=True)
        (batch_id,) = played.approved()
        with _chunks_of(half):
            batch_execution.run_batch(worker_authority(), batch_id, on=on, moved=stop)
    cut = _count("suspended")
    assert half <= cut < 2 * half, cut
    yield "stop a batch half way", cut, taken[0], AT_ONCE
    with _as(Role.BACKOFFICE):
        entered = _seconds(
            lambda: court_stays.enter_stay(played.supervisor, first=on, last=None, reason="court", on=on)
        )
    yield "enter a stay before the network has heard", cut, entered, AT_ONCE
    assert played.push() == 0


def _undone(played: _Played) -> Iterator[Act]:
    """Lift the stay as two people, and undo the stopped batch."""
    on = played.on = _on(played.on + DAY)
    (stay,), (batch,) = rows("SELECT stay_id FROM campaign_stay"), rows("SELECT batch_id FROM campaign_batch")
    cut = _count("suspended")
    with _as(Role.BACKOFFICE):
        assert not court_stays.end_stay(played.supervisor, stay_id=stay.stay_id, on=on)
        lifted = _seconds(lambda: court_stays.end_stay(played.another, stay_id=stay.stay_id, on=on))
        yield "end the stay", cut, lifted, AT_ONCE
        asked = _seconds(lambda: batch_control.request_undo(played.supervisor, batch.batch_id, on=on))
        yield "ask for an undo", cut, asked, AT_ONCE
    with _as(Role.WORKER):
        undone = _seconds(lambda: batch_rollback.undo_batch(worker_authority(), batch.batch_id, on=on))
        yield "undo of suspensions", cut, undone, ""
    assert _count("suspended") == 0
    yield "send these restores to the network", cut, _seconds(played.push), ""


def _cut_again(played: _Played, size: int) -> Iterator[Act]:
    """Suspend all lines after all, and undo the first terminations."""
    cut = size // ONE_IN
    played.nights(lambda: _count("suspended") == cut)
    yield "send the bars to the network", cut, _seconds(played.push), ""
    yield "compare with the network", size, _seconds(lambda: _compare(played.network)), ""
    batch_id = played.nights(lambda: _count("terminated") > 0)
    ended, on = _count("terminated"), played.on
    with _as(Role.WORKER):
        undone = _seconds(lambda: batch_rollback.undo_batch(worker_authority(), batch_id, on=on))
    assert _count("terminated") == 0
    yield "undo of terminations", ended, undone, ""
    yield "send these restores and bars to the network", ended, _seconds(played.push), ""
    with tempfile.TemporaryDirectory() as folder, _as(Role.WORKER):
        took = _seconds(
            lambda: outage_hours.export_outage_hours(
                console_authority(), Path(folder) / "hours.csv", first=DUE, last=on, on=on + DAY
            )
        )
    yield "hours off, for billing", cut, took, ""
    with _as(Role.CONSOLE):
        refused = _seconds(lambda: _refused(on))
    yield "refuse to close", cut, refused, ""


def _closed(played: _Played) -> Iterator[Act]:
    """Bring all lines to their end, waive those that were never notified for a reason, and close the campaign."""
    played.nights(lambda: _count("suspended") == 0)
    on = played.on
    not_notified = [
        row.line_id for row in rows("SELECT line_id FROM campaign_member WHERE stage = 'not_notified'")
    ]
    assert not_notified
    with _as(Role.BACKOFFICE):
        waived = _seconds(
            lambda: closure.waive_unreachable(
                played.supervisor, not_notified, because=WaiverReason.NO_CHANNEL_KNOWN, on=on
            )
        )
    with _as(Role.CONSOLE):
        closed = _seconds(lambda: closure.close_campaign(console_authority(), on=on))
    yield "waive the unreachable subscribers", len(not_notified), waived, ""
    yield "close the campaign", _count("terminated"), closed, ""


def _until_due(size: int) -> None:
    """Notify a fifth in time and some never, register all others; then update the statistics, which say that no line is suspended."""
    with _as(Role.CONSOLE):
        planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=_on(PLANNED))
    do(
        "UPDATE notices_notice n SET state = 'delivered', channel = 'sms', delivered_on = %s"
        "  FROM (SELECT line_id, row_number() OVER (ORDER BY line_id) AS place FROM lines_line) d"
        " WHERE d.line_id = n.line_id AND (d.place %% %s = 0 OR d.place %% %s <> 1)",
        [NOTIFIED, ONE_IN, NOT_NOTIFIED_ONE_IN],
    )
    coming = rows(
        "SELECT line_id FROM (SELECT line_id, row_number() OVER (ORDER BY line_id) AS place FROM lines_line) d"
        " WHERE place %% %s <> 0 AND place %% %s <> 1",
        [ONE_IN, NOT_NOTIFIED_ONE_IN],
    )
    on = _on(COMING)
    with _as(Role.WORKER):
        nightly.run_nightly(worker_authority(), on=on)
    for first in range(0, len(coming), CHUNK):
        some = [row.line_id for row in coming[first : first + CHUNK]]
        with action():
            mark_registered(some, on=on)
    on = _on(COMING + DAY)
    with _as(Role.WORKER):
        nightly.run_nightly(worker_authority(), on=on)
    do("VACUUM ANALYZE")


@contextmanager
def _chunks_of(most: int) -> Iterator[None]:
    """Make chunks so small that even a small batch has two: it can be stopped only between chunks."""
    before, batch_execution.CHUNK = batch_execution.CHUNK, min(batch_execution.CHUNK, most)
    try:
        yield
    finally:
        batch_execution.CHUNK = before


def _count(state: str) -> int:
    (found,) = rows("SELECT count(*) AS lines FROM lines_line WHERE state = %s", [state])
    return int(found.lines)


def _compare(network: Network) -> None:
    compared = queries.reconcile(gateway=network)
    assert not compared.differences, len(compared.differences)


def _refused(on: dt.date) -> None:
    with refusing(CAMPAIGN_NOT_OVER, Faults):
        closure.close_campaign(console_authority(), on=on)
