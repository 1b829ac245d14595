# SPDX-License-Identifier: EUPL-1.2
"""Nothing small can be worked out of what is shown: not from a total, not from a year above its quarters."""

import datetime as dt
import tomllib
from functools import reduce
from importlib.resources import files
from itertools import pairwise, product
from operator import or_

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rollkeeper.agents.choices import Pattern
from rollkeeper.documents.assurance import Assurance
from rollkeeper.kernel.choices import Channel, Service
from rollkeeper.reporting.errors import INVALID_REPORT_PERIOD
from rollkeeper.reporting.labels import labels_in, titles_of
from rollkeeper.reporting.metrics import needed_facts, tables
from rollkeeper.reporting.periods import period_between, quarters_of
from rollkeeper.reporting.report_tables import STOCKS
from rollkeeper.reporting.rules import TOTAL, protect, with_total
from rollkeeper.vault.fields import Purpose
from tests.refusals import refusing

QUARTERS = ("q1", "q2", "q3", "q4")


def alone(rows, *, total=True):
    return protect({"q1": rows}, total=total).cells["q1"]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (1, None), (9, None), (10, 10), (11, 11)])
def test_one_to_nine_are_hidden_zero_and_ten_are_shown(count, shown):
    assert alone({"a": count}, total=False) == {"a": shown}


def test_a_hidden_cell_takes_the_next_smallest_with_it_under_a_total():
    assert alone({"a": 3, "b": 50, "c": 400}) == {"a": None, "b": None, "c": 400, TOTAL: 453}


def test_two_hidden_cells_are_not_given_away_by_their_sum():
    assert alone({"a": 1, "b": 1, "c": 400}) == {"a": None, "b": None, "c": None, TOTAL: 402}
    assert alone({"a": 1, "b": 1, "c": 0}) == {"a": None, "b": None, "c": 0, TOTAL: None}
    assert alone({"a": 5, "b": 6, "c": 400}) == {"a": None, "b": None, "c": 400, TOTAL: 411}


def test_the_total_yields_where_there_is_nothing_else_to_hide():
    assert alone({"a": 3, "b": 0}) == {"a": None, "b": 0, TOTAL: None}


def test_a_year_yields_where_it_would_give_away_a_quarter():
    figures = {q: {"a": 100, "b": 200} for q in QUARTERS} | {"q2": {"a": 4, "b": 200}}
    year = {"a": 304, "b": 800}

    shown = protect({**figures, "year": year}, total=True, year="year").cells

    assert shown["q1"] == {"a": 100, "b": 200, TOTAL: 300}
    assert shown["q2"] == {"a": None, "b": None, TOTAL: 204}
    assert (shown["year"]["a"], shown["year"]["b"]) == (None, None)


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 40), min_size=1))
def test_a_quarter_comes_out_the_same_alone_and_with_its_year(rows):
    figures = dict.fromkeys(QUARTERS, rows) | {"year": {row: 4 * value for row, value in rows.items()}}

    beside = protect(figures, total=True, year="year").cells

    assert beside["q1"] == alone(rows)


def worlds(shown, *, rows, most):
    """Every table of whole numbers that a reader could believe in: hidden means at least one, sums add up."""
    hidden = [row for row in rows if shown[row] is None]
    given = None if shown[TOTAL] is None else shown[TOTAL] - sum(shown[row] or 0 for row in rows)
    if given is None or not hidden:
        found = product(range(1, most + 1), repeat=len(hidden)) if not given else ()
    else:  # the last one follows from the others
        others = product(range(1, most + 1), repeat=len(hidden) - 1)
        found = ((*values, given - sum(values)) for values in others if 1 <= given - sum(values) <= most)
    for values in found:
        yield {row: shown[row] for row in rows} | dict(zip(hidden, values, strict=True))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 25), min_size=1, max_size=3))
def test_trying_all_tables_leaves_a_wide_span_for_every_small_cell(values):
    rows = dict(zip("abc", values, strict=False))
    shown = alone(rows)

    left = list(worlds(shown, rows=rows, most=36))

    assert rows in left
    for row, value in rows.items():
        if 0 < value < 10:
            assert len({world[row] for world in left}) >= 10


@settings(max_examples=60, deadline=None)
@example([(0, 0), (1, 0), (1, 10), (1, 10)])
@given(st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=4, max_size=4))
def test_trying_all_quarters_of_the_year_leaves_more_than_one_value(values):
    """Four quarters of two rows under a year, tried out in full: an attacker who knows the rules of adding up alone."""
    figures = {q: {"a": a, "b": b} for q, (a, b) in zip(QUARTERS, values, strict=True)}
    year = {row: sum(figures[q][row] for q in QUARTERS) for row in "ab"}
    shown = protect({**figures, "year": year}, total=True, year="year").cells

    small = {(q, row) for q in QUARTERS for row in "ab" if 0 < figures[q][row] < 10}
    seen = {cell: set() for cell in small}
    each = [list(worlds(shown[q], rows=("a", "b"), most=24)) for q in QUARTERS]
    years = _as_bits(
        {"a": a, "b": b} for a, b in product(range(SUMS), repeat=2) if _fits(shown["year"], {"a": a, "b": b})
    )
    for nth, q in enumerate(QUARTERS):
        others = _added([each[at] for at in range(4) if at != nth])
        for world in each[nth]:
            if others << _place(world) & years:
                for row in "ab":
                    if (q, row) in small:
                        seen[q, row].add(world[row])

    assert all(len(found) > 1 for found in seen.values()), (figures, shown)


SUMS = 4 * 24 + 1
"""How many sums there are of a figure in the four quarters."""


def _place(world):
    return world["a"] * SUMS + world["b"]


def _as_bits(worlds):
    """Return worlds as the bits of one number, so that all are added to another world at once."""
    return reduce(or_, {1 << _place(world) for world in worlds}, 0)


def _added(quarters):
    """Return what worlds of several quarters add up to."""
    reachable = 1
    for worlds in quarters:
        reachable = reduce(or_, {reachable << _place(world) for world in worlds}, 0)
    return reachable


def _fits(shown, world):
    return all(shown[row] in {None, value} for row, value in with_total(world).items())


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [
        ("2012-01-01", "2012-03-31", "2012-Q1"),
        ("2012-10-01", "2012-12-31", "2012-Q4"),
        ("2012-01-01", "2012-12-31", "2012"),
    ],
)
def test_a_quarter_and_a_year_are_periods(first, last, name):
    assert period_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last)).name == name


@pytest.mark.parametrize(
    ("first", "last"),
    [("2012-01-01", "2012-03-30"), ("2012-01-02", "2012-03-31"), ("2012-01-01", "2012-06-30"), ("2012-03-01", "2012-05-31"),
     ("2012-01-01", "2013-12-31"), ("2012-01-01", "2012-04-01")],
)  # fmt: skip
def test_every_other_span_is_refused(first, last):
    with refusing(INVALID_REPORT_PERIOD):
        period_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))


def test_the_quarters_of_a_leap_year_follow_each_other_without_a_gap():
    days = [(q.first, q.last) for q in quarters_of(2012)]

    assert days[0] == (dt.date(2012, 1, 1), dt.date(2012, 3, 31))
    assert all(later[0] - earlier[1] == dt.timedelta(days=1) for earlier, later in pairwise(days))


NOT_YET_IN_TIBETAN = {"judged_forged", "judged_genuine", "suspected"}
"""Shown in Chinese and English until a reader of Tibetan gives their words."""


@pytest.mark.parametrize("language", ["zh-hans", "bo"])
def test_every_row_of_every_table_is_said_in_every_language(language):
    asked = {metric.row for table in tables() for metric in table.rows} | {*Service, "total"}
    asked -= NOT_YET_IN_TIBETAN if language == "bo" else set()

    assert {
        row for row in asked if row not in labels_in(language) or labels_in(language)[row].isascii()
    } == set()
    assert set(titles_of(language)) == {table.id for table in tables()} | {f"lines_{what}" for what in STOCKS}


def test_the_rows_that_count_by_a_choice_are_its_values():
    raw = tomllib.loads((files("rollkeeper") / "reporting" / "metrics.toml").read_text("utf-8"))
    choices = {"assurance": Assurance, "channel": Channel, "pattern": Pattern, "purpose": Purpose}
    counted = [row for table in raw["table"] for row in table["rows"] if row.get("by") in choices]

    assert {row["by"] for row in counted} == choices.keys()
    assert all(row["values"] == [str(value) for value in choices[row["by"]]] for row in counted)


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
def test_a_row_that_counts_by_a_choice_has_the_label_of_the_choice(language):
    with translation.override(language):
        said = {one.value: str(one.label) for choices in (Service, Channel, Pattern) for one in choices}

    assert said.items() <= labels_in(language).items()


def test_no_more_than_two_facts_are_asked_of_the_entries_of_one_verb():
    assert {verb: asked.keys for verb, asked in needed_facts().items() if len(asked.keys) > 2} == {}
