# SPDX-License-Identifier: EUPL-1.2
"""Entries of many lines are numbered in no order of the lines: codes of receipts tell nothing about the line between two others.

Lines of a file have references in its order, most often that of their numbers. Who has the lines before and after another's, and their
receipts 4711 and 4713, would know that 4712 is the other's.
"""

from importlib.resources import files

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.campaign import nightly
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.ledger.verbs import Verb
from tests.builders.lines import make_line
from tests.campaign.population import day, plan, tell

LINES, PLANNED, NOTIFIED = 24, "2011-12-20", "2012-01-05"
OF_ONE_LINE = {"registration/sql/append_entries.sql", "vault/sql/note_opening.sql"}
"""These write what one act needs, about one line or one person: their order is the caller's choice."""
BY_POSITION = {"campaign/sql/record_chunk.sql", "campaign/sql/record_rollback.sql"}
"""These take lines by their position in a batch, which was drawn (`due_lines.sql`)."""


def numbered(verb):
    """The lines in the order in which their entries were numbered."""
    return [
        row.line_id
        for row in rows("SELECT line_id FROM ledger_entry WHERE verb = %s ORDER BY entry_id", [verb])
    ]


def test_clocks_start_in_no_order_of_their_lines(people):
    clock.set_demo_date(day(PLANNED))
    lines = [make_line() for _ in range(LINES)]
    plan(day(PLANNED))
    clock.set_demo_date(day(NOTIFIED))
    for line_id in lines:
        tell(line_id, day(NOTIFIED))

    nightly.run_nightly(worker_authority(), on=day(NOTIFIED))

    started = numbered(Verb.CLOCK_STARTED)
    assert set(started) == set(lines)
    assert sum(one == other for one, other in zip(lines, started, strict=True)) < LINES // 2


STATEMENTS = sorted(
    str(file.relative_to(root))
    for root in [files("rollkeeper")]
    for file in root.glob("*/sql/*.sql")
    if "INSERT INTO ledger_entry" in file.read_text("utf-8")
)


@pytest.mark.parametrize("statement", sorted({*STATEMENTS} - OF_ONE_LINE - BY_POSITION))
def test_a_statement_over_many_lines_draws_the_order_of_entries(statement):
    text = files("rollkeeper").joinpath(statement).read_text("utf-8")

    said = text[text.index("INSERT INTO ledger_entry") :]

    assert "ORDER BY random()" in said
