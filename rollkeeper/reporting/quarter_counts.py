# SPDX-License-Identifier: EUPL-1.2
"""Count a quarter in the register. `recompute.py` counts the same from the published ledger and the evidence: both must agree."""

import json
from collections.abc import Mapping
from typing import Any

from rollkeeper.kernel.database import rows, sql
from rollkeeper.reporting.duties import count_by_service
from rollkeeper.reporting.metrics import Table, needed_facts, tables
from rollkeeper.reporting.periods import Period

type Figures = dict[str, dict[str, int]]
"""By table, by row."""


def count_quarter(period: Period) -> Figures:
    """Count every table over the entries of a quarter. The caller checks that all of them are published."""
    metrics = [(table.id, metric) for table in tables() for metric in table.rows]
    given = [
        {"nth": nth, "verb": m.verb, "sum": m.sum, "must": m.where, "not_key": m.is_not and m.is_not[0],
         "not_values": m.is_not and list(m.is_not[1]), "day_by": m.day_by, "late": m.late}
        for nth, (_, m) in enumerate(metrics)
    ]  # fmt: skip
    found = rows(sql("reporting", "count"), {
        "metrics": json.dumps(given), "wanted": json.dumps(_wanted()), "first": period.first,
        "last": period.last,
    })  # fmt: skip
    figures = zero_figures()
    for row in found:
        table, metric = metrics[row.nth]
        figures[table][metric.row] = row.n
    return figures


def _wanted() -> list[dict[str, Any]]:
    return [
        {"verb": verb, "keys": list(needed.keys), "dated": needed.is_dated}
        for verb, needed in needed_facts().items()
    ]


def count_stocks(period: Period) -> list[dict[str, Any]]:
    """Count the lines and the operator's duties at the end of a quarter, by service, rounded to ten.

    Rounded, the difference between two quarters reveals no one.
    """
    return [
        {name: (value + 5) // 10 * 10 if isinstance(value, int) else value for name, value in row.items()}
        for row in count_by_service(period.last)
    ]


def zero_figures() -> Figures:
    """Return every table with every row at zero."""
    return {table.id: {metric.row: 0 for metric in table.rows} for table in tables()}


def sum_figures(counts: Mapping[str, Figures]) -> Figures:
    """Return the sum of several quarters."""
    whole = zero_figures()
    for figures in counts.values():
        for table, of_rows in figures.items():
            for row, value in of_rows.items():
                whole[table][row] += value
    return whole


def table_figures(table: Table, counts: Mapping[str, Figures]) -> dict[str, dict[str, int]]:
    """Return one table of several periods, its rows in their order."""
    return {
        period: {metric.row: figures[table.id][metric.row] for metric in table.rows}
        for period, figures in counts.items()
    }
