# SPDX-License-Identifier: EUPL-1.2
"""The order of leaves tells no one which of them are of one line: acts on the same lines, one after another, are in no common order."""

import datetime as dt
from itertools import pairwise

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import database
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry, integrate
from rollkeeper.ledger.verbs import Verb

ON = dt.date(2012, 3, 2)
LINES = 64
MOST_BY_CHANCE = 10
"""Of so many lines one or two are in the same place twice by chance; ten in a run of a thousand million."""


def do_to_all(lines, verb, **facts):
    """One transaction that does the same to each line, as a nightly run, a batch, or a gateway's report does."""
    with database.action():
        for line_id in lines:
            append_entry(worker_authority(), verb=verb, role="worker", on=ON, line_id=line_id, facts=facts)


def placed(verb):
    return [
        row.line_id
        for row in database.rows(
            "SELECT line_id FROM ledger_leaf JOIN ledger_entry USING (entry_id) WHERE verb = %s ORDER BY leaf_index",
            [verb],
        )
    ]


@pytest.mark.parametrize("is_apart", [True, False])
def test_two_acts_on_the_same_lines_are_in_no_common_order(ledger, is_apart):
    lines = [new_uuid() for _ in range(LINES)]
    do_to_all(lines, Verb.LINE_EXPLAINED, about=ON.isoformat())
    if is_apart:
        integrate()
    do_to_all(lines, Verb.COMPLAINT_RECORDED)
    integrate()

    first, then = placed(Verb.LINE_EXPLAINED), placed(Verb.COMPLAINT_RECORDED)

    assert set(first) == set(then) == set(lines)
    assert sum(one == other for one, other in zip(first, then, strict=True)) < MOST_BY_CHANCE


def test_leaves_are_not_in_the_order_of_their_entries(ledger):
    lines = [new_uuid() for _ in range(LINES)]
    do_to_all(lines, Verb.COMPLAINT_RECORDED)
    integrate()

    placed_so = placed(Verb.COMPLAINT_RECORDED)

    assert sum(one == other for one, other in zip(lines, placed_so, strict=True)) < MOST_BY_CHANCE
    behind = sum(one < other for one, other in pairwise(placed_so))
    assert (
        LINES // 5 < behind < LINES * 4 // 5
    )  # references are made in the order of time: half of them, by chance
