# SPDX-License-Identifier: EUPL-1.2
"""Count a quarter in the register. The same is counted out of the published bytes in `recounting.py`: both must agree."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from rollkeeper.evidence.measures import Table, asked_of, tables
from rollkeeper.evidence.periods import Period
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, sql

type Figures = dict[str, dict[str, int]]
"""By table, by row."""


def count_quarter(period: Period) -> Figures:
    """Count every table over the entries of a quarter. The caller sees to it that all of them are published."""
    measures = [(table.id, measure) for table in tables() for measure in table.rows]
    given = [
        {"nth": nth, "verb": m.verb, "sum": m.sum, "must": m.where, "not_key": m.is_not and m.is_not[0],
         "not_values": m.is_not and list(m.is_not[1]), "day_by": m.day_by, "late": m.late}
        for nth, (_, m) in enumerate(measures)
    ]  # fmt: skip
    found = rows(sql("evidence", "count"), {
        "measures": json.dumps(given), "wanted": json.dumps(_wanted()), "first": period.first,
        "last": period.last,
    })  # fmt: skip
    figures = nothing()
    for row in found:
        table, measure = measures[row.nth]
        figures[table][measure.row] = row.n
    return figures


def _wanted() -> list[dict[str, Any]]:
    return [
        {"verb": verb, "keys": list(asked.keys), "dated": asked.is_dated}
        for verb, asked in asked_of().items()
    ]


def count_stocks(period: Period) -> list[dict[str, Any]]:
    """Count the lines that lived at the end of a quarter by service, and those with somebody registered, rounded to ten."""
    until = dt.datetime.combine(period.last + dt.timedelta(days=1), dt.time(), clock.zone()) - dt.timedelta(
        microseconds=1
    )
    found = rows(sql("evidence", "stocks"), {"until": until, "last": period.last})
    return [{"service": row.service, "lines": row.lines, "registered": row.registered} for row in found]


def nothing() -> Figures:
    """Return every table with every row at nought."""
    return {table.id: {measure.row: 0 for measure in table.rows} for table in tables()}


def added(counts: Mapping[str, Figures]) -> Figures:
    """Return the sum of several quarters."""
    whole = nothing()
    for figures in counts.values():
        for table, of_rows in figures.items():
            for row, value in of_rows.items():
                whole[table][row] += value
    return whole


def of_table(table: Table, counts: Mapping[str, Figures]) -> dict[str, dict[str, int]]:
    """Return one table of several periods, its rows in their order."""
    return {
        period: {measure.row: figures[table.id][measure.row] for measure in table.rows}
        for period, figures in counts.items()
    }
