# SPDX-License-Identifier: EUPL-1.2
"""The second engine: the same law as statements over whole sets, in the database that the live nightly run takes place in.

It shares the counting (`sql/fill_due.sql`) with the live nightly run and nothing but the file with the first engine.
Everything lives in temporary tables of one transaction.
"""

import datetime as dt
from typing import Any, Final

import polars as pl
from django.db import connections

from rollkeeper.kernel import database
from rollkeeper.kernel.console import Bar
from rollkeeper.law.clock_sql import fill_due, multirange
from rollkeeper.law.engine_rules import OUTCOMES
from rollkeeper.law.events import Events
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import Span

_ROWS_AT_ONCE: Final = 100_000
_STEPS: Final = 6
_OUTCOMES: Final = (
    "COPY (SELECT suspended_on, restored_on, ended_on, ended_by, erased_on FROM simulated_outcome ORDER BY line)"
    " TO STDOUT (FORMAT csv, HEADER)"
)


def run_sql(pack: Pack, events: Events, span: Span, bar: Bar) -> pl.DataFrame:
    """Return what becomes of each line, in the order of the names. Precondition: an opened instance."""
    bar.set_total(_STEPS)
    with database.action(), database.without_timeout():
        database.run("SET LOCAL work_mem = '256MB'")
        _copy_events(events)
        bar.advance()
        facts = _facts(pack, span)
        _statement("simulate_lines", facts)
        bar.advance()
        if pack.has_campaign:
            _run_stages(pack, span, facts, bar)
        else:
            _statement("simulate_no_campaign", {})
        _statement("simulate_outcomes", facts)
        bar.advance()
        found = _copy_outcomes()
        bar.advance()
        _statement("simulate_clear", {})
    return found


def _run_stages(pack: Pack, span: Span, facts: dict[str, Any], bar: Bar) -> None:
    rules = pack.campaign
    for stage, days in (("suspended", rules.grace_days), ("terminated", rules.suspension_days)):
        _statement(f"simulate_{stage}", facts | {"days": days})
        fill_due(pack, stays=span.stays, through=span.last)
        _statement("simulate_step", facts)
        bar.advance()


def _facts(pack: Pack, span: Span) -> dict[str, Any]:
    kept = pack.retention
    facts: dict[str, Any] = {
        "first": span.first,
        "through": span.last,
        "outages": multirange(span.outages),
        "no_erasure": multirange([*span.outages, *span.holds]),
        "kept_years": kept.years,
        "kept_months": kept.months,
        "kept_days": kept.days,
        "kept_calendar_years": kept.calendar_years,
        "overflows": kept.overflows_to_next_month,
        "begins_on": dt.date.max,
        "activated_before": dt.date.min,
        "slack_days": 0,
    }
    if pack.has_campaign:
        rules = pack.campaign
        facts |= {
            "begins_on": rules.begins_on,
            "activated_before": rules.activated_before,
            "slack_days": rules.slack_days,
        }
    return facts


def _statement(name: str, facts: dict[str, Any]) -> None:
    database.run(database.sql("law", name), facts)


def _copy_events(events: Events) -> None:
    _statement("simulate_events", {})
    with (
        connections["default"].cursor() as cursor,
        cursor.copy("COPY simulated_event (line, day, event, until) FROM STDIN (FORMAT csv)") as copy,
    ):
        for part in events.rows.iter_slices(_ROWS_AT_ONCE):
            copy.write(part.write_csv(include_header=False))
    database.run("ANALYZE simulated_event")


def _copy_outcomes() -> pl.DataFrame:
    with connections["default"].cursor() as cursor, cursor.copy(_OUTCOMES) as copy:
        text = b"".join(bytes(block) for block in copy)
    return pl.read_csv(text, schema=OUTCOMES)
