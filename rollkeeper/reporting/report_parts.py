# SPDX-License-Identifier: EUPL-1.2
"""The order in which a report is read: lines and records, the campaign with its picture, what went wrong and its cure, then all else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.reporting.rules import TOTAL

LINES: Final = "lines"
CAMPAIGN: Final = "campaign"
CURED: Final = "cured"
REST: Final = "rest"
PARTS: Final = (LINES, CAMPAIGN, CURED, REST)
_TABLES: Final = {
    CAMPAIGN: {"notices_delivered", "notices_bounced", "campaigns", "batches"},
    CURED: {"wrong_cuts", "cases_settled", "forged_documents", "incidents", "exposed"},
}
_STEPS: Final = (
    ("campaigns", "planned"), ("notices_delivered", TOTAL), ("campaigns", "clock_started"), ("campaigns", "outgoing"), ("campaigns", "calls"),
    ("campaigns", "data"), ("campaigns", "outgoing_and_data"), ("campaigns", "suspended"), ("wrong_cuts", "restored_by_undo"),
    ("campaigns", "ended"),
)  # fmt: skip
"""What happens to the lines of a campaign, in order: the table and its row that count it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the campaign in each period, with the length of its bar out of 100; None for both where the figure is hidden."""

    table: str
    row: str
    figures: tuple[tuple[str, int | None, int | None], ...]


def part_of(table: Mapping[str, Any]) -> str:
    """Return the part of a report to which a table belongs."""
    if table["source"] == "register":
        return LINES
    return next((part for part, names in _TABLES.items() if table["table"] in names), REST)


def campaign_steps(report: Mapping[str, Any]) -> list[Step]:
    """Return the steps of the campaign that have a figure, with all bars on one scale."""
    by_table = {one["table"]: one["cells"] for one in report["tables"]}
    counted = {
        (table, row): {period: cells.get(row, 0) for period, cells in by_table[table].items()}
        for table, row in _STEPS
        if table in by_table
    }
    most = max((value or 0 for found in counted.values() for value in found.values()), default=0)
    return [
        Step(table, row, tuple((period, value, _length(value, most)) for period, value in found.items()))
        for (table, row), found in counted.items()
        if any(value != 0 for value in found.values())
    ]


def _length(value: int | None, most: int) -> int | None:
    if value is None:
        return None
    return max(1, round(100 * value / most)) if value else 0
