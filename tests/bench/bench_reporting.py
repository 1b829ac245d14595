# SPDX-License-Identifier: EUPL-1.2
"""Reports: a year counted in the register, against the simplest possible count, and counted again from the published ledger.

The entries are deliveries, registrations, suspensions and openings in equal parts, day after day: every one of them is counted.
A year of 10^7 lines makes some 4 * 10^7 entries; what is measured here grows in proportion to the entries.
"""

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import database
from rollkeeper.ledger import auditor, queries
from rollkeeper.ledger.publication import publish
from rollkeeper.reporting.evidence import write_evidence
from rollkeeper.reporting.models import Quarter, Report
from rollkeeper.reporting.periods import year
from rollkeeper.reporting.report_files import write_report
from rollkeeper.reporting.services import make_report
from rollkeeper.reporting.verification import verify_report
from tests.builders.staff import employ

Row = tuple[str, int, float, float | None, float | None, str]
TINY = [50, 60]
"""The second size is added to the first: a trial run does both."""
YEAR = year(2012)
AFTER = dt.date(2013, 1, 2)
PORTION = 500_000
FILL = """
WITH form AS (
    SELECT nth, verb, person, ledger_body(verb, '2000-01-01', '2000-01-01', 'worker', 'worker', pack, article, uuid %(nobody)s,
                                          person, facts) AS body
      FROM (VALUES
            (0, 'notices:notice:delivered', NULL, NULL, NULL, jsonb_build_object('attempt', %(nobody)s, 'channel', 'sms',
             'kind', 'register_by', 'notice', %(nobody)s, 'outcome', 'delivered')),
            (1, 'line:tenure:registered', repeat('cd', 32), 'art. 2', repeat('f0', 32),
             jsonb_build_object('assurance', 'checked', 'party_kind', 'individual')),
            (2, 'line:line:suspended', repeat('cd', 32), 'art. 3', NULL, jsonb_build_object('anchor', '2012-01-01',
             'batch', %(nobody)s, 'last_day', '2012-03-01')),
            (3, 'vault:sealed:opened', NULL, NULL, NULL, jsonb_build_object('field', 'number', 'purpose', 'notice'))
           ) AS k (nth, verb, pack, article, person, facts)
), made AS (
    SELECT date '2012-01-01' + ((n - 1) * 366 / %(whole)s)::int AS day, n %% 4 AS nth, uuidv7() AS line
      FROM generate_series(%(first)s::bigint, %(last)s) AS n
)
INSERT INTO ledger_entry (at, day, verb, line_id, body)
SELECT m.day::timestamptz, m.day, f.verb, m.line,
       replace(replace(f.body, %(nobody)s, m.line::text), '2000-01-01', m.day::text)
  FROM made m JOIN form f USING (nth)
"""
BY_LINE = "CREATE INDEX ledger_entry_by_line ON ledger_entry (line_id, entry_id) WHERE line_id IS NOT NULL"


def run(sizes: list[int]) -> list[Row]:
    """Measure at each size, growing."""
    rows: list[Row] = []
    have = 0
    with tempfile.TemporaryDirectory(prefix="rollkeeper-evidence-") as place:
        for size in sorted(sizes):
            fill(Path(place), size - have)
            have = size
            rows += measured(Path(place), size)
    return rows


def fill(folder: Path, more: int) -> None:
    """Add a year of so many entries, in the order of their days, and publish them."""
    with database.action(), database.without_timeout():
        database.run("DROP INDEX ledger_entry_by_line")
        for first in range(1, more + 1, PORTION):
            given = {
                "first": first,
                "last": min(more, first + PORTION - 1),
                "whole": more,
                "nobody": str(UUID(int=0)),
            }
            database.run(FILL, given)
        database.run(BY_LINE)
    before, now = queries.newest_publication(), publish(folder / "ledger")
    assert now.size - (before.size if before else 0) >= more
    database.run("SET statement_timeout = 0")  # outside of an action: `without_timeout` needs one
    database.run("VACUUM ANALYZE ledger_entry, ledger_leaf")
    database.run("RESET statement_timeout")
    Quarter.objects.all().delete()
    Report.objects.all().delete()


def measured(folder: Path, size: int) -> list[Row]:
    """Measure with the entries that are there."""
    bare, verbs = _timed(lambda: database.rows("SELECT verb, count(*) FROM ledger_entry GROUP BY verb"))
    assert sum(count for _, count in verbs) >= size, verbs
    taken, report = _timed(lambda: make_report(console_authority(), YEAR, on=AFTER))
    written, _ = _timed(lambda: write_report(folder / f"report-{size}", report, language="en"))
    publish(folder / "ledger")
    vkey = (folder / "ledger" / "vkey").read_text("utf-8")
    audited, _ = _timed(lambda: auditor.audit(folder / "ledger", key=auditor.read_key(vkey)))
    evidence, to = folder / f"evidence-{size}", employ(StaffRole.AUDITOR, username=f"auditor-{size}").staff_id
    disclosed, _ = _timed(lambda: write_evidence(console_authority(), YEAR, evidence, given_to=to, on=AFTER))
    checked, _ = _timed(
        lambda: verify_report(folder / f"report-{size}", folder / "ledger", vkey=vkey, evidence=evidence)
    )
    return [
        ("count a year (baseline: count the entries of each verb)", size, taken, bare, taken / bare, "120 s at 4 * 10^7"),
        ("write its files (JSON, CSV, PDF)", size, written, None, None, ""),
        ("write the evidence for the authority's auditor", size, disclosed, None, None, ""),
        ("verify with it: hash the leaves, open and count the entries (baseline: hash the leaves)", size, checked, audited,
         checked / audited, ""),
    ]  # fmt: skip


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.monotonic()
    done = do()
    return time.monotonic() - begun, done
