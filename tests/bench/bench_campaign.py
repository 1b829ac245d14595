# SPDX-License-Identifier: EUPL-1.2
"""The nightly sweep with one line in twenty due, beside the bare writes that it cannot do without; and a quiet night.

The product: start clocks and put off, draw up, approve, suspend, with every reason, command, notice and ledger entry.
The baseline: one UPDATE of the lines and one INSERT for each of the tables that must have a row, bodies ready-made,
in one transaction, on the same tables with the same indexes. Both write to the same kind of rows in the same run.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from uuid import UUID

import psycopg
from django.db import connection, transaction

from rollkeeper.access.authority import Authority, console_authority, sweep_authority
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import acts, figures, queries
from rollkeeper.kernel import clock, server
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.database import run as do
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.settings import write_settings

type Row = tuple[str, int, float, float | None, float | None, str]

PLANNED, TOLD, QUIET, DUE = (
    dt.date(2011, 12, 19),
    dt.date(2011, 12, 20),
    dt.date(2012, 2, 29),
    dt.date(2012, 3, 2),
)
LATER = dt.date(2012, 1, 20)


def run(sizes: Sequence[int]) -> list[Row]:
    """Measure each size in a register that is emptied before."""
    write_settings(first_share=1.0, first_share_hours=0, cap_per_hour=10**9)
    return [row for size in sizes for row in _at(size)]


def _at(size: int) -> list[Row]:
    _empty()
    _populate(size)
    people = (_person(StaffRole.CAMPAIGN_MANAGER), _person(StaffRole.SUPERVISOR))
    planned = _seconds(lambda: acts.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=_on(PLANNED)))
    _tell(size)
    started = _seconds(lambda: acts.advance(sweep_authority(), on=_on(LATER)))
    do("VACUUM ANALYZE")
    quiet = min(_quiet_night(QUIET - dt.timedelta(days=ago)) for ago in (2, 1, 0))
    due = size // 20
    baseline = _seconds(lambda: _bare_writes(due))
    do("VACUUM ANALYZE")
    swept = _seconds(lambda: _night(people))
    (cut,) = rows("SELECT count(*) AS n FROM lines_suspension WHERE reason = 'registration'")
    assert cut.n == due, (cut.n, due)
    page = min(_seconds(_page) for _ in range(5))
    undone = _seconds(_undo)
    return [
        ("campaign: every figure of the office's page", size, page, None, None, "0.3 s at 10^7"),
        ("campaign: plan and owe first notices", size, planned, None, None, ""),
        ("campaign: start every clock, told in one night", size, started, None, None, ""),
        ("campaign: a night with nothing due", size, quiet, None, None, "under 0.1 s at 10^6"),
        (
            "campaign: a night with one line in twenty due, all writes",
            size,
            swept,
            baseline,
            swept / baseline,
            "at most 3",
        ),
        ("campaign: undo of that night", size, undone, None, None, ""),
    ]


def _night(people: tuple[Authority, Authority]) -> None:
    on = _on(DUE)
    acts.advance(sweep_authority(), on=on)
    for due in acts.draw_up_batches(console_authority(), due_on=on, on=on):
        for one in people if due.batch_id else ():
            acts.approve_batch(one, due.batch_id, on=on)
    for batch_id in acts.batches_to_run(on=on):
        ran = acts.run_batch(sweep_authority(), batch_id, on=on)
        assert ran.state == "done", ran


def _quiet_night(on: dt.date) -> float:
    return _seconds(lambda: acts.advance(sweep_authority(), on=_on(on)))


def _page() -> None:
    """Read what the office's page shows."""
    seen = queries.overview(DUE)
    assert seen is not None
    queries.batches(limit=60)
    figures.regions(seen.campaign_id)
    figures.unproven()


def _undo() -> None:
    (batch,) = rows("SELECT batch_id FROM campaign_batch")
    acts.undo_batch(console_authority(), batch.batch_id, on=DUE)


def _bare_writes(due: int) -> None:
    """Write what a suspension of so many lines cannot do without, and take it back for the product's turn."""
    with transaction.atomic():
        do("CREATE TEMPORARY TABLE due ON COMMIT DROP AS SELECT line_id FROM campaign_member"
           " WHERE anchor_on = '2012-01-01'")  # fmt: skip
        for statement in BARE:
            do(statement)
    # The rows stay behind as they would after a night; only the lines go back to where the product finds them.
    with transaction.atomic():
        do("UPDATE lines_line SET state = 'active', version = 1 WHERE state = 'suspended'")
        do("UPDATE campaign_member SET stage = 'counting', anchor_on = '2012-01-01', promised_on = '2012-03-01',"
           " next_check_on = '2012-03-02' WHERE stage = 'suspended'")  # fmt: skip
        do("DELETE FROM lines_suspension WHERE reason = 'registration'")


_BODY = (
    '{"actor":"sweep","article":"3","at":"2012-03-02T01:00:00.000Z","day":"2012-03-02","facts":{"anchor":"2012-01-01",'
    '"batch":"019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182","last_day":"2012-03-01"},"line":"019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182"'
    ',"pack":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","role":"sweep","v":1,'
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
    INSERT INTO network_command (line_id, kind, reason, asked_at)
    SELECT line_id, 'bar', 'registration', now() FROM due
    """,
    """
    INSERT INTO notices_notice (line_id, kind, language, owed_on, promised_on, pack_hash)
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
        "INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_protected,"
        " activated_on, language, region, number_index) SELECT uuidv7(), 'mobile', 'active', 1, false, false, false,"
        " '2010-05-01', 'en', 'r' || n %% 300, sha256(n::text::bytea) FROM generate_series(1, %s) n",
        [size],
    )
    do("INSERT INTO lines_number (number_index, line_id) SELECT number_index, line_id FROM lines_line")
    do("ANALYZE")


def _tell(size: int) -> None:
    """Let one line in twenty be told in time, the others later."""
    do(
        "UPDATE notices_notice n SET state = 'delivered', channel = 'sms', delivered_on ="
        " CASE WHEN d.place <= %s THEN %s::date ELSE %s::date END"
        " FROM (SELECT line_id, row_number() OVER (ORDER BY random()) AS place FROM lines_line) d"
        " WHERE d.line_id = n.line_id",
        [size // 20, TOLD, LATER],
    )
    # Whoever was told later was promised what was counted when the notice was owed; that day is in the past by now.
    do("VACUUM ANALYZE notices_notice")


def _on(day: dt.date) -> dt.date:
    clock.give_day(day)
    return day


def _seconds(job: Callable[[], object]) -> float:
    begin = time.perf_counter()
    job()
    return time.perf_counter() - begin


def _person(role: StaffRole) -> Authority:
    staff = Staff.objects.create(username=f"u{new_uuid().hex}", password="!", salt=bytes(32))
    RoleGrant.objects.create(staff=staff, role=role.value, since=dt.date(2000, 1, 1))
    return Authority(frozenset({role}), StaffId(UUID(str(staff.staff_id))), "ac" * 32)


def _empty() -> None:
    connection.close()
    with psycopg.connect(
        host=str(server.socket_folder()), port=server.REGISTER.port, dbname="rollkeeper_register",
        user=server.SUPERUSER, password=server.password(server.REGISTER, server.SUPERUSER), autocommit=True,
    ) as owner:  # fmt: skip
        owner.execute("SET session_replication_role = replica")
        found = owner.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT LIKE 'django_%'"
        ).fetchall()
        owner.execute("TRUNCATE " + ", ".join(name for (name,) in found) + " RESTART IDENTITY")
