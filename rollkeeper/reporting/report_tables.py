# SPDX-License-Identifier: EUPL-1.2
"""Assemble a report from counted quarters: only the protected figures. Also used to verify one."""

from collections.abc import Collection, Mapping
from typing import Any

from rollkeeper.kernel.table_files import inert_cell
from rollkeeper.reporting.duties import LINES, TELLING, WITHOUT_COPY, WITHOUT_IDENTITY, campaign_of_figure
from rollkeeper.reporting.metrics import tables
from rollkeeper.reporting.periods import Period
from rollkeeper.reporting.quarter_counts import Figures, sum_figures, table_figures
from rollkeeper.reporting.rules import MIN_SHOWN, TOTAL, protect, with_total

FORMAT = "rollkeeper-evidence@v1"
STOCKS = (*LINES, WITHOUT_IDENTITY, WITHOUT_COPY, *TELLING)
"""What is counted in the register at the end of a quarter."""


def protected_tables(period: Period, counts: Mapping[str, Figures]) -> list[dict[str, Any]]:
    """Return every table as it may be shown, for each quarter in `counts` and, if the period is a year, for the year."""
    full = {**counts, period.name: sum_figures(counts)} if period.is_year else dict(counts)
    shown = []
    for table in tables():
        figures = table_figures(table, full)
        if table.people:
            cells = protect(figures, total=table.total, year=period.name if period.is_year else None).cells
        else:
            cells = {
                name: (with_total(of_rows) if table.total else of_rows) for name, of_rows in figures.items()
            }
        shown.append({"table": table.id, "people": table.people, "source": "ledger", "cells": cells})
    return shown


def protected_stocks(stocks: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the counts of the register at the end of each quarter, by service; small numbers are hidden, the rest was rounded."""
    counted = {what for found in stocks.values() for one in found for what in one} - {"service"}
    return [
        {
            "table": f"lines_{what}", "people": True, "source": "register",
            "cells": {
                quarter: {one["service"]: _shown(one.get(what)) for one in found}
                for quarter, found in stocks.items()
            },
        }
        for stock in STOCKS for what in _counted(stock, counted)
    ]  # fmt: skip


def _counted(stock: str, counted: Collection[str]) -> list[str]:
    """Return the figures of a stock: itself, or one for each of several campaigns."""
    if stock in counted or stock in LINES:
        return [stock]
    return sorted(what for what in counted if campaign_of_figure(what)[0] == stock)


def _shown(value: int | None) -> int | None:
    return value if value is not None and value >= MIN_SHOWN else None


def csv_rows(report: Mapping[str, Any]) -> list[list[str]]:
    """Return the report as a long table: table, period, row, count, source; the count of a hidden cell is empty."""
    found = [["table", "period", "row", "count", "hidden", "source"]]
    for table in report["tables"]:
        for period, cells in table["cells"].items():
            found += [
                [inert_cell(table["table"]), period, inert_cell(row), "" if value is None else str(value), str(value is None).lower(),
                 table["source"]]
                for row, value in cells.items()
            ]  # fmt: skip
    return found


__all__ = ["FORMAT", "TOTAL", "csv_rows", "protected_stocks", "protected_tables"]
