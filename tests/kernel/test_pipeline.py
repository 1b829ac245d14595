# SPDX-License-Identifier: EUPL-1.2
"""Statements that are sent together: answered behind the block, and no fault among them is lost."""

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext

from rollkeeper.kernel.database import (
    action,
    one_statement,
    pipeline,
    prepared_later,
    prepared_rows,
    prepared_run,
    value_later,
)

pytestmark = pytest.mark.usefixtures("register")


def test_what_is_sent_together_is_answered_behind_the_block():
    with pipeline():
        first, second = (prepared_later("SELECT %s::int AS number", [number]) for number in (1, 2))
        asked_inside = prepared_rows("SELECT %s::int AS number", [3])

    assert [one.number for one in (*first(), *second(), *asked_inside)] == [1, 2, 3]


def test_values_of_one_statement_are_had_behind_it_each_as_often_as_wanted():
    with pipeline(), one_statement():
        number, word = value_later("%s::int + 1", [1]), value_later("%s::text", ["Invented"])
    alone = value_later("%s::int", [3])

    assert (word(), number(), word(), alone()) == ("Invented", 2, "Invented", 3)


def test_nothing_is_asked_where_no_value_is_wanted():
    with CaptureQueriesContext(connection) as asked, one_statement():
        pass

    assert asked.captured_queries == []


def test_a_fault_among_what_is_sent_together_is_raised_and_undoes_the_act():
    with pytest.raises(DataError), action(), pipeline():
        prepared_run("SELECT 1 / %s::int", [0])

    assert prepared_rows("SELECT 1 AS number")[0].number == 1


def test_rows_whose_plan_is_kept_are_the_same_however_often_they_are_asked_for():
    answers = {
        prepared_rows("SELECT %s::date AS day, %s::text[] AS words", ["2012-02-29", ["a"]])[0].day
        for _ in range(9)
    }

    assert len(answers) == 1
