# SPDX-License-Identifier: EUPL-1.2
"""Statements that are sent together: answered behind the block, and no fault among them is lost."""

import pytest
from django.db import DataError

from rollkeeper.kernel.database import action, pipeline, prepared_later, prepared_rows, prepared_run

pytestmark = pytest.mark.usefixtures("register")


def test_what_is_sent_together_is_answered_behind_the_block():
    with pipeline():
        first, second = (prepared_later("SELECT %s::int AS number", [number]) for number in (1, 2))
        asked_inside = prepared_rows("SELECT %s::int AS number", [3])

    assert [one.number for one in (*first(), *second(), *asked_inside)] == [1, 2, 3]


def test_a_fault_among_what_is_sent_together_is_notified_and_undoes_the_act():
    with pytest.raises(DataError), action(), pipeline():
        prepared_run("SELECT 1 / %s::int", [0])

    assert prepared_rows("SELECT 1 AS number")[0].number == 1


def test_rows_whose_plan_is_kept_are_the_same_however_often_they_are_asked_for():
    answers = {
        prepared_rows("SELECT %s::date AS day, %s::text[] AS words", ["2012-02-29", ["a"]])[0].day
        for _ in range(9)
    }

    assert len(answers) == 1
