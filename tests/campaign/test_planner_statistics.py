# SPDX-License-Identifier: EUPL-1.2
"""Planning a campaign updates the planner statistics of the database."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.database import rows, run
from tests.builders.lines import make_line
from tests.campaign.population import day, plan

LINES = 40


def known(table: str) -> int:
    """How many rows the planner of queries believes a table has; -1 before the table was analysed."""
    return int(rows("SELECT reltuples::bigint AS n FROM pg_class WHERE relname = %s", [table])[0].n)


def test_the_night_after_is_planned_for_as_many_notices_as_are_owed(
    people: tuple[Authority, Authority], as_role: Callable[[str], AbstractContextManager[None]]
) -> None:
    for _ in range(LINES):
        make_line()
    with as_role("console"):
        planned = plan(day("2011-12-20"))

    assert planned.members_added == known("campaign_member") == known("notices_notice") == LINES


def test_a_plan_that_finds_nobody_new_takes_no_stock(
    people: tuple[Authority, Authority], as_role: Callable[[str], AbstractContextManager[None]]
) -> None:
    for _ in range(LINES):
        make_line()
    with as_role("console"):
        plan(day("2011-12-20"))
    run(
        "INSERT INTO notices_notice (line_id, kind, language, queued_on, pack_hash)"
        " SELECT line_id, 'restored', language, queued_on, pack_hash FROM notices_notice"
    )

    with as_role("console"):
        planned = plan(day("2011-12-21"))

    assert (planned.members_added, known("notices_notice")) == (0, LINES)
