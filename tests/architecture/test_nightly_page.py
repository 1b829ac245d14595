# SPDX-License-Identifier: EUPL-1.2
"""The drawing of the nightly run names every statement and every temporary table of it."""

import re
from pathlib import Path

import pytest

CAMPAIGN = Path(__file__).parents[2] / "rollkeeper" / "campaign"
DRAWN = (CAMPAIGN / "nightly.md").read_text("utf-8")
MODULES = ("nightly.py", "deadlines.py", "batch_execution.py", "batch_rollback.py")
STATEMENTS = sorted(
    {
        name
        for module in MODULES
        for name in re.findall(
            r'sql\("campaign", "(\w+)"\)|make_clocks\("(\w+)"', (CAMPAIGN / module).read_text("utf-8")
        )
        for name in name
        if name
    }
    - {"batch_progress", "slice_verdict_counts"}
)
TABLES = sorted(
    {
        table
        for file in CAMPAIGN.glob("sql/*.sql")
        for table in re.findall(r"CREATE TEMPORARY TABLE (\w+)", file.read_text("utf-8"))
    }
    - {"outage"}
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_is_drawn(statement: str):
    assert re.search(rf"\b{statement}\b", DRAWN)


@pytest.mark.parametrize("table", TABLES)
def test_every_temporary_table_is_drawn_with_its_columns(table: str):
    assert re.search(rf"\b{table}\b\s*(?:-+>.*\n\s*)?\(line_id", DRAWN)
