# SPDX-License-Identifier: EUPL-1.2
"""The nightly worker with one line in twenty due, next to the bare writes that it needs; and a quiet night.

The product: start clocks, prepare a batch, approve it, suspend, with every reason, command, notice and ledger entry.
The baseline: one UPDATE of the lines and one INSERT for each of the tables that must have a row, bodies ready-made,
in one transaction, on the same tables with the same indexes. Both write the same kind of rows in the same run. The product has its own
database role, whose entries the database checks; the baseline is the owner of the tables.
The back office's page is requested as by a signed-in browser, with two years of nights in its picture. The longest chunk is the longest
time that a court's stay waits, because each chunk begins by checking for a stay.

Before that night comes a small one, on which the same number of lines is due at every size: its cost must not grow with the population.

Beyond two million lines, the night on which clocks start is played on forty lines only. All other lines get copies of their rows,
without ledger entries; and there is no undo.
"""

import datetime as dt
import importlib
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from uuid import UUID

from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import clear_url_caches

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff, commitment_of
from rollkeeper.campaign import (
    batch_control,
    batch_execution,
    batch_planning,
    batch_rollback,
    nightly,
    planning,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.database import run as do
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.settings import write_settings
from rollkeeper.site import urls
from tests.memory import Peaks
from tests.superuser import as_superuser, empty

type Row = tuple[str, int, float, float | None, float | None, str]

PLANNED, QUIET = dt.date(2011, 12, 19), dt.date(2012, 2, 29)
MOST_FEW, FEW_NOTIFIED, FEW_DUE = 1_000, dt.date(2011, 12, 20), dt.date(2012, 3, 2)
NOTIFIED, PROMISED, DUE = dt.date(2012, 1, 5), dt.date(2012, 3, 5), dt.date(2012, 3, 6)  # one line in twenty
LATER = dt.date(2012, 1, 20)
DAY = dt.timedelta(days=1)
MOST_NOTIFIED, SHAPES = 2_000_000, 40


def run(sizes: Sequence[int]) -> list[Row]:
    """Empty the register and measure, for each size."""
    write_settings(campaign={"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9})
    return [row for size in sizes for row in _at(size)]


def _at(size: int) -> list[Row]:
    _empty()
    _populate(size)
    begun, peaks = time.perf_counter(), Peaks()
    people = (_person(StaffRole.CAMPAIGN_MANAGER), _person(StaffRole.SUPERVISOR))
    with _as("console"):
        planned = _seconds(
            lambda: planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=_on(PLANNED))
        )
    found = [_row("plan and owe first notices", size, planned)]
    few_lines = few_of(size)
    _tell(size if size <= MOST_NOTIFIED else SHAPES, few=few_lines)
    with _as("worker"):
        started = _seconds(lambda: nightly.run_nightly(worker_authority(), on=_on(LATER)))
    if size <= MOST_NOTIFIED:
        found.append(_row("start every clock, notified in one night", size, started))
    else:
        _all_as_those(few=few_lines)
    do("VACUUM ANALYZE")
    with _as("worker"):
        quiet = min(_quiet_night(QUIET - dt.timedelta(days=ago)) for ago in (2, 1, 0))
    baseline = _seconds(_bare_writes)
    do("VACUUM ANALYZE")
    chunks: list[float] = []
    with _as("worker"):
        few = _seconds(lambda: _night(FEW_DUE, people, []))
        peaks.look()
        night = _seconds(lambda: _night(DUE, people, chunks))
        peaks.look()
    assert _cut(FEW_DUE) == few_lines, _cut(FEW_DUE)
    assert _cut(DUE) == size // 20, _cut(DUE)
    found += [
        _row("a night with nothing due", size, quiet, limit="under 200 ms at 10^7"),
        _row(f"a night with {few_lines:,} lines due, all writes", size, few, limit="does not grow"),
        (
            "campaign: a night with one line in twenty due, all writes",
            size,
            night,
            baseline,
            night / baseline,
            "at most 3",
        ),
        _row("the longest chunk of that night", size, max(chunks), limit="60 s: a stay stops a run"),
        _row("the back office's page, 95th of 20", size, _page_p95(), limit="300 ms at 10^7"),
    ]
    if size <= MOST_NOTIFIED:
        with _as("worker"):
            found.append(_row("undo of that night", size, _seconds(_undo)))
    peaks.look()
    most = (
        "at most {Rollkeeper} MiB in the process of all this, {PostgreSQL (register)} in a server's process"
    )
    return [*found, _row(most.format(**peaks.mib), size, time.perf_counter() - begun, limit="1 GB")]


@contextmanager
def _as(role: str) -> Iterator[None]:
    """Act in a database role, with its rights and with the checks from which the tables' owner is exempt."""
    (before,) = rows("SELECT current_user AS name")
    do(f"SET ROLE {role}")
    yield
    do(f"SET ROLE {before.name}")


def _row(name: str, size: int, seconds: float, *, limit: str = "") -> Row:
    return f"campaign: {name}", size, seconds, None, None, limit


def _cut(on: dt.date) -> int:
    (cut,) = rows(
        "SELECT count(*) AS n FROM lines_suspension WHERE reason = 'registration' AND begun_on = %s", [on]
    )
    return int(cut.n)


def _night(due_on: dt.date, people: tuple[Authority, Authority], chunks: list[float]) -> None:
    on = _on(due_on)
    nightly.run_nightly(worker_authority(), on=on)
    for due in batch_planning.prepare_batches(console_authority(), due_on=on, on=on):
        for one in people if due.batch_id else ():
            with _as("backoffice"):
                batch_control.approve_batch(one, due.batch_id, on=on)
    for batch_id in batch_execution.batches_to_run(on=on):
        begun = [time.perf_counter()]
        ran = batch_execution.run_batch(
            worker_authority(),
            batch_id,
            on=on,
            moved=lambda _, begun=begun: begun.append(time.perf_counter()),
        )
        assert ran.state == "done", ran
        chunks += [after - before for before, after in pairwise(begun)]


def _quiet_night(on: dt.date) -> float:
    return _seconds(lambda: nightly.run_nightly(worker_authority(), on=_on(on)))


def _page_p95() -> float:
    """Ask the back office for its page as a browser does, with a picture of two years."""
    do(
        "INSERT INTO campaign_nightlyrun (campaign_id, day, ran_at, stage_counts) SELECT campaign_id, day - back, ran_at, stage_counts"
        " FROM (SELECT * FROM campaign_nightlyrun ORDER BY day LIMIT 1) first, generate_series(1, 730) back"
    )
    add_staff(
        console_authority(),
        username="auditor",
        password="seven plain words",
        roles=[StaffRole.AUDITOR],
        on=DUE,
    )
    os.environ["ROLLKEEPER_APP"] = "backoffice"
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        importlib.reload(urls)
        clear_url_caches()
        client = Client(HTTP_ACCEPT="text/html")
        client.force_login(Staff.objects.get(username="auditor"))
        taken = [_seconds(lambda: _asked(client)) for _ in range(20)]
    del os.environ["ROLLKEEPER_APP"]
    return statistics.quantiles(taken, n=20)[-1]


def _asked(client: Client) -> None:
    answer = client.get("/campaign/")
    assert answer.status_code == 200, answer.status_code
    assert b"<polygon" in answer.content


def _undo() -> None:
    (batch,) = rows("SELECT batch_id FROM campaign_batch WHERE due_on = %s", [DUE])
    batch_rollback.undo_batch(console_authority(), batch.batch_id, on=DUE)


def _bare_writes() -> None:
    """Write only the rows that a suspension of so many lines needs; then undo it for the product's turn."""
    with transaction.atomic():
        do("CREATE TEMPORARY TABLE due ON COMMIT DROP AS SELECT line_id FROM campaign_member"
           " WHERE anchor_on = %s", [NOTIFIED])  # fmt: skip
        for statement in BARE:
            do(statement)
    # The inserted rows stay, as after a night; only the lines go back to their former state, for the product.
    with transaction.atomic():
        do("UPDATE lines_line SET state = 'active', version = 1 WHERE state = 'suspended'")
        do("UPDATE campaign_member SET stage = 'running', anchor_on = %s, promised_on = %s, next_check_on = %s"
           " WHERE stage = 'suspended'", [NOTIFIED, PROMISED, DUE])  # fmt: skip
        do("DELETE FROM lines_suspension WHERE reason = 'registration'")


_BODY = (
    '{"actor":"worker","article":"3","at":"2012-03-02T01:00:00.000Z","day":"2012-03-02","facts":{"anchor":"2012-01-01",'
    '"batch":"019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182","last_day":"2012-03-01"},"line":"019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182"'
    ',"pack":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","role":"worker","v":1,'
    '"verb":"line:line:suspended"}'
)
BARE = (
    "UPDATE lines_line l SET state = 'suspended', version = l.version + 1 FROM due WHERE l.line_id = due.line_id",
    """
    UPDATE campaign_member m SET stage = 'suspended', anchor_on = '2012-03-02', promised_on = '2012-04-01',
           next_check_on = '2012-04-05' FROM due WHERE m.line_id = due.line_id
    """,
    """
    INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at)
    SELECT line_id, uuidv7(), 'registration', '2012-03-02', now() FROM due
    """,
    """
    INSERT INTO provisioning_command (line_id, kind, reason, requested_at)
    SELECT line_id, 'bar', 'registration', now() FROM due
    """,
    """
    INSERT INTO notices_notice (line_id, kind, language, queued_on, promised_on, pack_hash)
    SELECT line_id, 'suspended', 'en', '2012-03-02', '2012-04-01',
           '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef' FROM due
    """,
    f"""
    INSERT INTO ledger_entry (at, day, verb, line_id, body)
    SELECT now(), '2012-03-02', 'line:line:suspended', line_id, '{_BODY}' FROM due
    """,  # noqa: S608
)


def _populate(size: int) -> None:
    do("SET statement_timeout = 0")
    do(
        "INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential,"
        " activated_on, language, region, number_index) SELECT uuidv7(), 'mobile', 'active', 1, false, false, false,"
        " '2010-05-01', 'en', 'r' || n %% 300, sha256(n::text::bytea) FROM generate_series(1, %s) n",
        [size],
    )
    do(
        "INSERT INTO lines_number (number_index, line_id) SELECT number_index, line_id FROM lines_line ORDER BY 1"
    )
    do("VACUUM ANALYZE")


def few_of(size: int) -> int:
    """Return how many lines the small night has: at most one in fifty, since there must be enough lines."""
    return min(MOST_FEW, size // 50)


def _tell(count: int, *, few: int) -> None:
    """Let one line in twenty be notified in time and a few before them, the others later."""
    do(
        "UPDATE notices_notice n SET state = 'delivered', channel = 'sms', delivered_on ="
        " CASE WHEN d.place %% 20 = 0 THEN %s::date WHEN d.place %% 20 = 1 AND d.place < %s THEN %s::date ELSE %s::date END"
        " FROM (SELECT line_id, row_number() OVER (ORDER BY line_id) AS place FROM lines_line ORDER BY line_id LIMIT %s) d"
        " WHERE d.line_id = n.line_id",
        [NOTIFIED, 20 * few, FEW_NOTIFIED, LATER, count],
    )
    # The last day of a line notified later was computed when its notice was queued; this day is in the past now.
    do("VACUUM ANALYZE notices_notice")


def _all_as_those(*, few: int) -> None:
    """Give every member the same values as the members whose clocks were started, and update the tallies."""
    with as_superuser() as owner, owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        for statement in AS_THOSE:
            owner.execute(statement, {"few": 20 * few})


AS_THOSE = (
    """
    CREATE TEMPORARY TABLE shape ON COMMIT DROP AS
    SELECT rank() OVER (ORDER BY anchor_on) AS turn, m.campaign_id, m.stage, m.anchor_on,
           m.promised_on, m.next_check_on, m.notified_by, n.kind, n.language, n.state, n.channel, n.queued_on,
           n.promised_on AS said_on, n.pack_hash, n.delivered_on
      FROM (SELECT DISTINCT ON (anchor_on) * FROM campaign_member WHERE anchor_on IS NOT NULL) m
      JOIN notices_notice n USING (line_id)
    """,
    """
    CREATE TEMPORARY TABLE every ON COMMIT DROP AS
    SELECT line_id, region, CASE WHEN place %% 20 = 0 THEN 2 WHEN place %% 20 = 1 AND place < %(few)s THEN 1 ELSE 3 END AS turn
      FROM (SELECT line_id, region, row_number() OVER (ORDER BY line_id) AS place FROM lines_line) l
    """,
    "TRUNCATE campaign_member, notices_notice, campaign_linechange, campaign_tally, campaign_regiontally, notices_tally",
    """
    INSERT INTO campaign_member (line_id, campaign_id, stage, anchor_on, promised_on, next_check_on, notified_by, region)
    SELECT line_id, campaign_id, stage, anchor_on, promised_on, next_check_on, notified_by, region FROM every JOIN shape USING (turn)
    """,
    """
    INSERT INTO notices_notice (line_id, kind, campaign_id, language, state, channel, queued_on, promised_on, pack_hash, delivered_on)
    SELECT line_id, kind, campaign_id, language, state, channel, queued_on, said_on, pack_hash, delivered_on
      FROM every JOIN shape USING (turn)
    """,
    """
    INSERT INTO campaign_tally (campaign_id, stage, step, notified_by, next_check_on, lines)
    SELECT campaign_id, stage, step, notified_by, next_check_on, count(*) FROM campaign_member GROUP BY 1, 2, 3, 4, 5
    """,
    """
    INSERT INTO campaign_regiontally (campaign_id, region, stage, lines)
    SELECT campaign_id, region, stage, count(*) FROM campaign_member GROUP BY 1, 2, 3
    """,
    """
    INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
    SELECT 'notice', campaign_id, kind, state, channel, count(*) FROM notices_notice GROUP BY 2, 3, 4, 5
    """,
)


def prepare(size: int) -> None:
    """Empty the register and fill it with so many lines."""
    _empty()
    _populate(size)


def person(role: StaffRole) -> Authority:
    """Return a member of staff who may approve."""
    return _person(role)


def on_day(day: dt.date) -> dt.date:
    """Set the current day."""
    return _on(day)


def tell(size: int) -> None:
    """Let one line in twenty be notified in time, the others later."""
    _tell(size, few=0)


def play_night(day: dt.date, people: tuple[Authority, Authority]) -> None:
    """Play the night of a day: carry out what is due."""
    _night(day, people, [])


def cut_on(day: dt.date) -> int:
    """Return how many lines were first barred on a day, or further."""
    return _cut(day)


as_role = _as


def _on(day: dt.date) -> dt.date:
    clock.set_demo_date(day)
    return day


def _seconds(job: Callable[[], object]) -> float:
    begin = time.perf_counter()
    job()
    return time.perf_counter() - begin


def _person(role: StaffRole) -> Authority:
    staff = Staff.objects.create(username=f"u{new_uuid().hex}", password="!", salt=bytes(32))
    RoleGrant.objects.create(staff=staff, role=role.value, since=dt.date(2000, 1, 1))
    staff_id = StaffId(UUID(str(staff.staff_id)))
    return Authority(frozenset({role}), staff_id, commitment_of(staff_id))


def _empty() -> None:
    connection.close()
    with as_superuser() as owner:
        empty(owner, whole=True)
