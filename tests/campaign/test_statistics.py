# SPDX-License-Identifier: EUPL-1.2
"""The figures next to the chart: correct sums, small regions combined, nothing counted twice."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.campaign.choices import Stage
from rollkeeper.campaign.stage_counts import DayCount
from rollkeeper.campaign.statistics import (
    MAX_REGIONS,
    MIN_REGION_LINES,
    action_counts,
    group_by_region,
    unproven,
)
from rollkeeper.kernel.ids import new_uuid
from tests.builders.commands import make_command

ON = dt.date(2012, 3, 1)


@pytest.mark.parametrize(
    ("lines", "by_itself"),
    [(MIN_REGION_LINES - 1, False), (MIN_REGION_LINES, True), (MIN_REGION_LINES + 1, True)],
)
def test_a_region_of_few_lines_is_not_shown_by_itself(lines: int, *, by_itself: bool) -> None:
    found = group_by_region([("small", "running", lines), ("large", "not_notified", 5000)])

    assert [one.region for one in found] == ["large", "small" if by_itself else ""]


def test_who_has_no_region_stands_in_a_row_of_their_own_however_few() -> None:
    (only,) = group_by_region([(None, "running", 1)])

    assert (only.region, only.total) == (None, 1)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, *(f"r{n}" for n in range(60))]),
            st.sampled_from([s.value for s in Stage]),
            st.integers(1, 200),
        )
    )
)
def test_no_line_is_lost_between_the_rows(counts: list[tuple[str | None, str, int]]) -> None:
    found = group_by_region(counts)

    assert sum(one.total for one in found) == sum(lines for _, _, lines in counts)
    assert len(found) <= MAX_REGIONS + 1


@pytest.mark.parametrize(("days", "suspend", "terminate"), [(1, 5, 0), (6, 5, 2), (7, 12, 2), (8, 20, 2)])
def test_tomorrow_and_the_week_end_with_their_last_day(days: int, suspend: int, terminate: int) -> None:
    due = [
        DayCount(ON, "suspend", 100), DayCount(ON + dt.timedelta(days=1), "suspend", 5), DayCount(ON + dt.timedelta(days=6), "terminate", 2),
        DayCount(ON + dt.timedelta(days=7), "suspend", 7), DayCount(ON + dt.timedelta(days=8), "suspend", 8),
    ]  # fmt: skip

    found = action_counts(due, first=ON + dt.timedelta(days=1), days=days)

    assert (found.suspend, found.terminate) == (suspend, terminate)


def test_what_the_network_has_not_proved_is_counted_by_what_is_wrong(register: None) -> None:
    for state, read_back in (
        ("failed", "open"),
        ("failed", "floor_missing"),
        ("waiting", None),
        ("sent", "open"),
    ):
        make_command("bar", batch_id=new_uuid(), state=state, read_back=read_back)

    found = unproven()

    assert (found.failed, found.floor_missing, found.under_way) == (2, 1, 2)
    assert not found.many_under_way
