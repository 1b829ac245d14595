# SPDX-License-Identifier: EUPL-1.2
"""Evidence: a quarter counted in the register beside the barest count there is, and counted again out of the published bytes.

The entries are deliveries, registrations, suspensions and openings in equal parts, all in one quarter: every one of them is
counted. A year of 10^7 lines leaves some 4 * 10^7 entries; what is measured here grows with the entries in a straight line.
"""

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rollkeeper.access.authority import console_authority
from rollkeeper.evidence.acts import make_report
from rollkeeper.evidence.models import Quarter, Report
from rollkeeper.evidence.periods import quarters_of
from rollkeeper.evidence.verifying import verify_report
from rollkeeper.evidence.writing import write_report
from rollkeeper.kernel import database
from rollkeeper.ledger.publishing import publish

Row = tuple[str, int, float, float | None, float | None, str]
Q1 = quarters_of(2012)[0]
AFTER = dt.date(2012, 7, 1)
FILL = """
INSERT INTO ledger_entry (at, day, verb, line_id, body)
SELECT now(), day, verb, line, ledger_body(verb, now(), day, 'sweep', 'sweep', pack, article, line, person, facts)
  FROM (SELECT date '2012-01-01' + (n % 91) AS day, uuidv7() AS line, k.*
          FROM generate_series(1, %s) AS n
          JOIN (VALUES
            (0, 'notices:notice:delivered', NULL, NULL, NULL, jsonb_build_object('attempt', uuidv7(), 'channel', 'sms',
             'kind', 'register_by', 'notice', uuidv7(), 'outcome', 'delivered')),
            (1, 'line:holding:registered', repeat('cd', 32), 'art. 2', repeat('f0', 32),
             jsonb_build_object('assurance', 'checked', 'party_kind', 'individual')),
            (2, 'line:line:suspended', repeat('cd', 32), 'art. 3', NULL, jsonb_build_object('anchor', '2012-01-01',
             'batch', uuidv7(), 'last_day', '2012-03-01')),
            (3, 'vault:sealed:opened', NULL, NULL, NULL, jsonb_build_object('field', 'number', 'purpose', 'notice'))
          ) AS k (nth, verb, pack, article, person, facts) ON k.nth = n %% 4) AS made
"""


def run(sizes: list[int]) -> list[Row]:
    """Measure at each size, growing."""
    rows: list[Row] = []
    have = 0
    with tempfile.TemporaryDirectory(prefix="rollkeeper-evidence-") as place:
        for size in sorted(sizes):
            with database.act(), database.patient():
                database.run(FILL.replace("n % 91", "n %% 91"), [size - have])
            have = size
            rows += _one_size(Path(place), size)
    return rows


def _one_size(place: Path, size: int) -> list[Row]:
    publish(place / "ledger")
    database.run("ANALYZE ledger_entry, ledger_leaf")
    Quarter.objects.all().delete()
    Report.objects.all().delete()
    bare = _timed(lambda: database.rows("SELECT verb, count(*) FROM ledger_entry GROUP BY verb"))[0]
    taken, report = _timed(lambda: make_report(console_authority(), Q1, on=AFTER))
    written, _ = _timed(lambda: write_report(place / f"report-{size}", report, language="en"))
    publish(place / "ledger")
    vkey = (place / "ledger" / "vkey").read_text("utf-8")
    checked, _ = _timed(lambda: verify_report(place / f"report-{size}", place / "ledger", vkey=vkey))
    return [
        ("count a quarter (baseline: count the entries of each verb)", size, taken, bare, taken / bare,
         "120 s at 4 * 10^7"),
        ("write its files (JSON, CSV, PDF)", size, written, None, None, ""),
        ("verify: hash and count the published bytes again", size, checked, None, None, ""),
    ]  # fmt: skip


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.monotonic()
    done = do()
    return time.monotonic() - begun, done
