# SPDX-License-Identifier: EUPL-1.2
"""The second engine: the same law as statements over whole sets, in the database of the live nightly run.

It shares the counting (`sql/fill_due.sql`) with the live nightly run, and only the input file with the first engine. Everything lives in
temporary tables of one transaction.
"""

import datetime as dt
from typing import Any, Final

import polars as pl
from django.db import connections

from rollkeeper.kernel import database
from rollkeeper.kernel.choices import Payment
from rollkeeper.kernel.console import Bar
from rollkeeper.law.clock_sql import fill_due, multirange, stage_lengths
from rollkeeper.law.engine_rules import OUTCOMES, by_campaign, further_columns
from rollkeeper.law.events import (
    LAST_DAY,
    LINES,
    PARTY_KINDS,
    PAYMENTS,
    REGION,
    REGISTERING,
    SERVICES,
    VERIFYING,
    Events,
)
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import Span

_ROWS_AT_ONCE: Final = 100_000
_STEPS: Final = 4
_OUTCOMES: Final = (
    "COPY (SELECT suspended_on, restored_on, ended_on, ended_by, erased_on FROM simulated_outcome ORDER BY line)"
    " TO STDOUT (FORMAT csv, HEADER)"
)
_CONCERNED: Final = "COPY (SELECT coalesce(is_concerned, false) AS is_concerned FROM simulated_line ORDER BY line) TO STDOUT (FORMAT csv, HEADER)"
_FURTHER: Final = (
    "COPY (SELECT b.acted_on FROM simulated_line l LEFT JOIN simulated_bar b ON b.line = l.line AND b.place = {place} ORDER BY l.line)"
    " TO STDOUT (FORMAT csv, HEADER)"
)


def run_sql(pack: Pack, events: Events, span: Span, bar: Bar) -> pl.DataFrame:
    """Return the outcome of each line, in the order of the names; if the law has several campaigns, in the one that takes the line.

    Precondition: an opened instance.
    """
    if len(pack.stated_campaigns) > 1:
        return by_campaign(
            (one.campaign.campaign_id, *_run(one, events, span, bar)) for one in pack.campaigns
        )
    return _run(pack, events, span, bar)[0]


def _run(pack: Pack, events: Events, span: Span, bar: Bar) -> tuple[pl.DataFrame, pl.Series]:
    """Return the outcome of each line in one campaign, and which lines the campaign concerns."""
    bar.set_total(_STEPS + (len(pack.campaign.stages) if pack.has_campaign else 0))
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
        found = _copied(_OUTCOMES, OUTCOMES)
        concerned = _copied(_CONCERNED, {"is_concerned": pl.String})["is_concerned"] == "t"
        for place, name in enumerate(further_columns(pack), 1):
            found = found.with_columns(
                _copied(_FURTHER.format(place=place), {"acted_on": pl.Date})["acted_on"].alias(name)
            )
        bar.advance()
        _statement("simulate_clear", {})
    return found, concerned


def _run_stages(pack: Pack, span: Span, facts: dict[str, Any], bar: Bar) -> None:
    for place in range(len(pack.campaign.stages)):
        _statement(
            "simulate_next" if place else "simulate_first",
            facts | stage_lengths(pack) | {"place": place - 1},
        )
        days = fill_due(pack, stays=span.stays_of(pack), through=span.last)
        _statement("simulate_step", facts | days)
        bar.advance()
    if pack.campaign.end is None:
        _statement("simulate_no_end", {"place": place})


def _facts(pack: Pack, span: Span) -> dict[str, Any]:
    facts: dict[str, Any] = _kept_facts(pack) | {
        "first": span.first,
        "through": span.last,
        "outages": multirange(span.outages),
        "no_erasure": multirange([*span.outages, *span.holds]),
        "begins_on": dt.date.max,
        "activated_before": dt.date.min,
        "activated_from": dt.date.min,
        "all_services": list(SERVICES),
        "services": list(SERVICES),
        "region_mark": REGION,
        "regions": [],
        "all_payments": list(PAYMENTS),
        "payments": Payment.values,
        "all_kinds": list(PARTY_KINDS),
        "kinds": [],
        "slack_days": 0,
        "asks_again": False,
        "registered_before": dt.date.max,
        "last_day_over": False,
        "last_day": LAST_DAY,
        "lines_over": None,
        "lines_mark": LINES,
        "registering": list(REGISTERING),
        "asked": [],
        "verifying": list(VERIFYING),
    }
    if pack.has_campaign:
        rules = pack.campaign
        facts |= {
            "begins_on": rules.begins_on,
            "activated_before": rules.activated_before,
            "activated_from": rules.activated_from,
            "services": sorted(rules.services),
            "regions": [f"{REGION}{one}" for one in sorted(rules.regions)],
            "payments": sorted(rules.payments),
            "kinds": sorted(rules.party_kinds),
            "slack_days": rules.slack_days,
            "asks_again": rules.asks_again,
            "registered_before": rules.registered_before,
            "last_day_over": rules.last_day_over,
            "lines_over": rules.lines_over,
            "asked": sorted(rules.assurance or REGISTERING),
        }
    return facts


def _kept_facts(pack: Pack) -> dict[str, Any]:
    """Return how long records are kept, as lists: first each service with a different time, then, under an empty name, all others."""
    general = pack.retention
    each = {one: pack.for_service(one).retention for one in SERVICES}
    kept = {one: rule for one, rule in each.items() if rule != general} | {"": general}
    return {
        "kept_services": [*kept],
        "kept_years": [rule.years for rule in kept.values()],
        "kept_months": [rule.months for rule in kept.values()],
        "kept_days": [rule.days for rule in kept.values()],
        "kept_calendar_years": [rule.calendar_years for rule in kept.values()],
        "overflows": general.overflows_to_next_month,
    }


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


def _copied(statement: str, schema: dict[str, Any]) -> pl.DataFrame:
    with connections["default"].cursor() as cursor, cursor.copy(statement) as copy:
        text = b"".join(bytes(block) for block in copy)
    return pl.read_csv(text, schema=schema)
