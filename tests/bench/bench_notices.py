# SPDX-License-Identifier: EUPL-1.2
"""Notifying people through the file outbox, and recording the delivery reports, against the bare writes that this needs.

The product: claim, note the intent, open each address with its ledger entry, write the text, hand over, note the answer; then record a
delivery report for each. The baseline: for the same rows, in chunks of the same size, one INSERT of the attempts and two UPDATEs of
each table, without a text, a key, an entry or a file.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.database import run as do
from rollkeeper.kernel.ids import LineId, new_uuids
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.notices.delivery_reports import read_delivery_reports
from rollkeeper.notices.gateways.base import CHUNK
from rollkeeper.notices.queries import attempt_counts, state_counts
from rollkeeper.notices.report_collection import process_reports
from rollkeeper.notices.services import send_due
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values
from tests.superuser import as_superuser, empty

TINY = [50, 60]
"""The second size comes into a register that is emptied before: a trial run does both."""
QUEUED, PROMISED = dt.date(2011, 12, 20), dt.date(2012, 3, 1)
"""A notice is sent on the day on which it is owed: what it promises is still to come."""

type Row = tuple[str, int, float, float | None, float | None, str]


def run(sizes: Sequence[int]) -> list[Row]:
    """Empty the register and measure, for each size."""
    write_settings(notices={"outbox_bounce_share": 0.0, "quiet_from": dt.time(8), "quiet_until": dt.time(8)})
    return [row for size in sizes for row in _at(size)]


def _at(size: int) -> list[Row]:
    clock.set_demo_date(QUEUED)
    _empty_outbox()
    empty_register()
    enqueue_notice(size)
    bare = seconds(_bare_writes)
    empty_register()
    enqueue_notice(size)
    sent = seconds(lambda: send_due(console_authority(), on=QUEUED))
    reports = read_delivery_reports(data_dir() / "outbox" / "delivery-reports.jsonl")
    taken = seconds(lambda: process_reports(reports, on=QUEUED, by=worker_authority()))
    (notified,) = rows("SELECT count(*) AS n FROM notices_notice WHERE state = 'delivered'")
    assert notified.n == size, (notified.n, size)
    counted = seconds(lambda: (state_counts(), attempt_counts()))
    _empty_outbox()
    return [
        (
            "notices: send by the file outbox and take in reports",
            size,
            sent + taken,
            bare,
            (sent + taken) / bare,
            "",
        ),
        ("notices: of this, send", size, sent, None, None, ""),
        ("notices: of this, take in reports", size, taken, None, None, ""),
        ("notices: count by channel, state and outcome", size, counted, None, None, ""),
    ]


def _empty_outbox() -> None:
    for name in ("messages", "delivery-reports"):
        (data_dir() / "outbox" / f"{name}.jsonl").unlink(missing_ok=True)


def empty_register() -> None:
    """Empty all tables, without leaving dead rows."""
    with as_superuser() as owner:
        empty(owner, whole=True)


def enqueue_notice(size: int) -> None:
    do("SET statement_timeout = 0")
    for first in range(0, size, 10_000):
        lines = new_uuids(min(10_000, size - first))
        numbers = [(LineId(line), f"+86139{first + i:08}") for i, line in enumerate(lines)]
        _insert(lines, seal_line_values(LineField.NUMBER, numbers))
    do("VACUUM ANALYZE notices_notice")


def _insert(lines: Sequence[UUID], sealed: Sequence[bytes]) -> None:
    with transaction.atomic():
        do(
            "INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential,"
            " activated_on, language, number_sealed) SELECT line_id, 'mobile', 'active', 1, false, false, false,"
            " '2010-05-01', 'bo', sealed FROM unnest(%s::uuid[], %s::bytea[]) AS made (line_id, sealed)",
            [list(lines), list(sealed)],
        )
        do(
            "INSERT INTO notices_notice (line_id, kind, language, queued_on, promised_on, pack_hash)"
            " SELECT line_id, 'register_by', 'bo', %s, %s, '00' FROM unnest(%s::uuid[]) AS l (line_id)",
            [QUEUED, PROMISED, list(lines)],
        )


def _bare_writes() -> None:
    owed = rows("SELECT line_id, notice_id FROM notices_notice")
    for first in range(0, len(owed), CHUNK):
        part = owed[first : first + CHUNK]
        values = [[one.line_id for one in part], [one.notice_id for one in part]]
        with transaction.atomic():
            do(
                "INSERT INTO notices_attempt (line_id, notice_id, channel, sent_at)"
                " SELECT l, n, 'sms', now() FROM unnest(%s::uuid[], %s::uuid[]) AS o (l, n)",
                values,
            )
            for state in ("sent", "delivered"):
                _turn(values, state)


def _turn(values: list[list[UUID]], state: str) -> None:
    given = "FROM unnest(%s::uuid[], %s::uuid[]) AS o (l, n)"
    do(
        f"UPDATE notices_notice SET state = '{state}', channel = 'sms', delivered_on ="  # noqa: S608 - our own words
        f" CASE '{state}' WHEN 'delivered' THEN '2011-12-20'::date END {given} WHERE line_id = l AND notice_id = n",
        values,
    )
    do(f"UPDATE notices_attempt SET outcome = '{state}' {given} WHERE line_id = l AND notice_id = n", values)  # noqa: S608


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
