"""No small number can be worked out from a published table, by whatever subtraction: tried by going through all tables."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollkeeper.kernel.cell_suppression import hide_small


def figures(table):
    return [value for row in table for value in row]


def fitting(shown, greatest):
    """Yield every 2 by 2 table that agrees with all that is published."""
    for a, b, c, d in itertools.product(range(greatest + 1), repeat=4):
        full = [[a, b, a + b], [c, d, c + d], [a + c, b + d, a + b + c + d]]
        if all(one is None or one == other for one, other in zip(figures(shown), figures(full), strict=True)):
            yield full


def test_a_table_of_great_numbers_is_published_whole():
    assert hide_small([[10, 20], [30, 40]]) == [[10, 20, 30], [30, 40, 70], [40, 60, 100]]


@pytest.mark.parametrize(("count", "is_hidden"), [(0, False), (1, True), (9, True), (10, False), (11, False)])
def test_a_count_below_ten_is_hidden_and_none_at_all_is_not(count, is_hidden):
    shown = hide_small([[count, 50], [60, 70]])

    assert (shown[0][0] is None) is is_hidden


def test_one_small_number_takes_others_with_it_so_that_no_sum_gives_it_away():
    shown = hide_small([[3, 50], [60, 70]])

    assert figures(shown).count(None) >= 4


def test_two_small_numbers_whose_sum_is_small_are_not_left_to_guessing():
    shown = hide_small([[1, 1, 50], [30, 40, 60]])

    assert shown[0][3] is None or shown[0][2] is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=4, max_size=4))
def test_trying_every_table_leaves_a_span_for_each_small_number(values):
    least = 3
    shown = hide_small([values[:2], values[2:]], least=least)
    truth = hide_small([values[:2], values[2:]], least=1)

    all_fitting = list(fitting(shown, 12))
    for i, row in enumerate(truth):
        for j, value in enumerate(row):
            if 0 < value < least:
                could_be = {full[i][j] for full in all_fitting}
                assert max(could_be) - min(could_be) >= least
