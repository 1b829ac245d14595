# SPDX-License-Identifier: EUPL-1.2
"""Make a report: count the quarters not yet counted, once, protect the figures, record the report in the ledger."""

import datetime as dt
import hashlib
import json
from typing import Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.database import action, rows, sql, without_timeout
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger import notes, queries
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting.errors import LEDGER_NOT_PUBLISHED, PERIOD_NOT_OVER
from rollkeeper.reporting.models import Quarter, Report
from rollkeeper.reporting.periods import Period
from rollkeeper.reporting.quarter_counts import count_quarter, count_stocks
from rollkeeper.reporting.report_tables import FORMAT, protected_stocks, protected_tables


def make_report(authority: Authority, period: Period, *, on: dt.date, as_draft: bool = False) -> bytes:
    """Return the report of a quarter or a year as canonical JSON. Again: the very same bytes.

    Two people publish a draft (`publishing`); a report that is no draft, made by a command, is published at once.

    A quarter is counted once, over the ledger as it is published then, and never again: the difference between two counts would
    reveal the entries in between. A year is made of its quarters.
    Ledger: reporting:quarter:counted, reporting:report:made. Refuses: NOT_ALLOWED, PERIOD_NOT_OVER, LEDGER_NOT_PUBLISHED.
    """
    role = require(authority, Permission.MAKE_REPORTS)
    if on <= period.last:
        raise PERIOD_NOT_OVER(last=period.last, today=on)
    with action(), without_timeout():
        serialize_on("report")
        made = Report.objects.filter(period=period.name).first()
        if made is not None:
            return str(made.report).encode()
        quarters = [_counted(authority, one, role=role, on=on) for one in period.quarters or (period,)]
        whole = canonical_bytes(_report(period, quarters))
        Report.objects.create(
            period=period.name,
            report=whole.decode(),
            made_at=clock.now(),
            published_on=None if as_draft else on,
        )
        append_entry(
            authority, verb=Verb.REPORT_MADE, role=role, on=on,
            facts={"first": period.first.isoformat(), "last": period.last.isoformat(),
                   "report": hashlib.sha256(whole).hexdigest()},
        )  # fmt: skip
    return whole


def _counted(authority: Authority, period: Period, *, role: str, on: dt.date) -> Quarter:
    found = Quarter.objects.filter(quarter=period.name).first()
    if found is not None:
        return found
    newest = queries.newest_publication()
    size = newest.size if newest else 0
    counts = count_quarter(period)
    # After counting, so that this check sees every entry that was counted.
    (left,) = rows(
        sql("reporting", "unpublished"), {"first": period.first, "last": period.last, "size": size}
    )
    if left.entries:
        raise LEDGER_NOT_PUBLISHED(entries=left.entries)
    made = Quarter.objects.create(
        quarter=period.name, size=size, counts=counts, stocks=count_stocks(period), counted_at=clock.now()
    )
    append_entry(
        authority, verb=Verb.QUARTER_COUNTED, role=role, on=on, facts={"first": period.first.isoformat(), "size": size}
    )  # fmt: skip
    return made


def _report(period: Period, quarters: list[Quarter]) -> dict[str, Any]:
    counts = {one.quarter: _read(one.counts) for one in quarters}
    stocks = {one.quarter: _read(one.stocks) for one in quarters}
    return {
        "format": FORMAT, "operator": instance().operator_name, "origin": notes.origin(), "pack": load_pack(instance().pack).id,
        "period": period.name, "first": period.first, "last": period.last,
        "quarters": {one.quarter: one.size for one in quarters},
        "tables": protected_tables(period, counts) + protected_stocks(stocks),
    }  # fmt: skip


def _read(kept: Any) -> Any:
    return json.loads(kept) if isinstance(kept, str) else kept
