"""The campaign's picture as numbers."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.backoffice.chart import (
    NARROW,
    STACK,
    WIDE,
    chart,
    count_ticks,
    day_ticks,
    nice_top,
    share,
    thinned,
)
from rollkeeper.campaign.choices import Stage

DAY = dt.date(2012, 1, 1)


def series(*totals):
    return [(DAY + dt.timedelta(days=i), {"not_notified": total}) for i, total in enumerate(totals)]


def corners(band):
    return [tuple(map(float, corner.split(","))) for corner in band.points.split()]


def test_every_stage_has_its_place_in_the_stack():
    assert set(STACK) == {stage.value for stage in Stage}


def test_nothing_is_drawn_where_there_is_nothing():
    assert chart([]) is None


def test_bands_lie_on_each_other_without_gap_or_overlap():
    drawn = chart(
        [
            (DAY, {"out_of_scope": 1, "running": 3}),
            (DAY + dt.timedelta(days=1), {"out_of_scope": 2, "running": 2}),
        ]
    )

    below, above = (corners(band) for band in drawn.bands)

    assert below[:2] == list(reversed(above[2:]))


def test_a_stage_without_lines_is_not_drawn():
    drawn = chart(
        [(DAY, {"out_of_scope": 1, "terminated": 0}), (DAY + dt.timedelta(days=1), {"out_of_scope": 2})]
    )

    assert [band.stage for band in drawn.bands] == ["out_of_scope"]


def test_a_single_day_is_drawn_as_a_level():
    drawn = chart(series(10))

    heights = {y for _, y in corners(drawn.bands[0])[:2]}
    assert len(heights) == 1


def test_a_day_without_lines_at_all_can_be_drawn():
    assert chart(series(0, 0)).bands == ()


@pytest.mark.parametrize("frame", [WIDE, NARROW])
@given(totals=st.lists(st.integers(0, 10**8), min_size=1, max_size=400))
def test_everything_stays_inside_the_frame(frame, totals):
    drawn = chart(series(*totals), frame)

    for band in drawn.bands:
        for x, y in corners(band):
            assert drawn.left <= x <= drawn.right
            assert drawn.top <= y <= drawn.bottom


@given(st.lists(st.integers(0, 9), max_size=500), st.integers(2, 130))
def test_thinning_keeps_the_first_and_the_last_day(totals, most):
    days = series(*totals)

    kept = thinned(days, most)

    assert kept[:1] == days[:1]
    assert kept[-1:] == days[-1:]
    assert len(kept) <= most + 1


@given(st.integers(0, 10**12))
def test_the_top_of_the_axis_is_at_or_above_the_greatest_count_and_not_far(most):
    top = nice_top(most)

    assert most <= top <= max(4, 2.5 * most)


@pytest.mark.parametrize(
    ("top", "ticks"), [(4, [0, 1, 2, 3, 4]), (10, [0, 5, 10]), (1000, [0, 250, 500, 750, 1000])]
)
def test_ticks_are_whole_numbers(top, ticks):
    assert count_ticks(top) == ticks


@given(st.integers(1, 4000), st.integers(1, 9))
def test_days_on_the_axis_are_different_and_in_order(span, most):
    days = day_ticks(DAY, DAY + dt.timedelta(days=span), most)

    assert days == sorted(set(days))
    assert (days[0], days[-1]) == (DAY, DAY + dt.timedelta(days=span))


@pytest.mark.parametrize(
    ("count", "most", "length"), [(0, 9, 0), (5, 0, 0), (1, 10**6, 1), (5, 10, 50), (10, 10, 100)]
)
def test_whatever_is_not_nothing_can_be_seen(count, most, length):
    assert share(count, most) == length


def test_on_a_telephone_no_name_of_a_stage_is_cut_by_the_edge():
    shown = [
        (DAY + dt.timedelta(days=n), {"out_of_scope": 10 * n, "not_notified": 600 - 10 * n})
        for n in range(60)
    ]

    wide, narrow = chart(shown), chart(shown, NARROW)

    (label,) = (one for one in narrow.labels if one.stage == "out_of_scope")
    assert (label.is_end, label.x) == (True, narrow.right)
    assert not any(one.is_end for one in wide.labels)
