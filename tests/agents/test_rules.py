# SPDX-License-Identifier: EUPL-1.2
"""Hours, requirements, caps and what is unusual, each on both sides of its limit."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.agents.choices import AgentState, Pattern
from rollkeeper.agents.rules import (
    DAYS,
    AnomalySignals,
    Situation,
    format_hours,
    is_many_abandoned,
    is_open,
    may_entrust,
    may_register,
    parse_hours,
    pattern_of,
)
from rollkeeper.law.rules import Allowed, Refused

FRIDAY = dt.datetime(2012, 3, 2, 10, 0)
GOOD = Situation(
    state=AgentState.APPROVED, missing_requirements=(), is_overdue=False, is_outlet_closed=False,
    hours=parse_hours("mon-fri 09:00-12:00 14:00-18:00"), needs_device=True, has_device=True, taken=0, limit=2,
    article="4 ¶2",
)  # fmt: skip
USUAL = AnomalySignals(
    in_ten_minutes=6, most_in_ten_minutes=6, lines_of_person=3, most_lines_of_person=3, outlets_today=1, is_open=True,
    is_duplicate_image=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "opened"),
    [("08:59", False), ("09:00", True), ("11:59", True), ("12:00", False), ("13:59", False), ("14:00", True),
     ("17:59", True), ("18:00", False)],
)  # fmt: skip
def test_a_place_is_open_from_its_opening_up_to_its_closing(moment, opened):
    at = dt.datetime.combine(FRIDAY.date(), dt.time.fromisoformat(moment))

    assert is_open(GOOD.hours, at=at) is opened
    assert isinstance(may_register(GOOD, at=at), Allowed) is opened


def test_a_place_is_closed_on_a_day_that_its_hours_do_not_name():
    saturday = FRIDAY + dt.timedelta(days=1)

    assert not is_open(GOOD.hours, at=saturday)


def test_a_place_that_never_closes_is_open_in_the_last_minute_of_sunday():
    assert is_open(parse_hours("always"), at=dt.datetime(2012, 3, 4, 23, 59))


@pytest.mark.parametrize(
    "text",
    ["", "mon", "mon 9:00-10:00", "mon 10:00-09:00", "mon 09:00-09:00", "mon 09:00-12:00 11:00-13:00",
     "fri-mon 09:00-10:00", "mon 09:00-10:00; mon 11:00-12:00", "mon 09:00-25:00", "daily 09:00-10:00"],
)  # fmt: skip
def test_what_are_no_hours_are_not_read(text):
    with pytest.raises(ValueError, match=r".*"):
        parse_hours(text)


@given(
    st.dictionaries(
        st.sampled_from(DAYS), st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True), min_size=1
    )
)
def test_hours_that_are_written_are_read_as_they_were(moments):
    hours = {}
    for day, ends in moments.items():
        times = [f"{m // 60:02d}:{m % 60:02d}" for m in sorted(ends[: len(ends) // 2 * 2])]
        hours[day] = [times[at : at + 2] for at in range(0, len(times), 2)]

    assert parse_hours(format_hours(hours)) == hours


@pytest.mark.parametrize(("days", "met"), [(-1, False), (0, True), (1, True)])
def test_evidence_counts_through_its_last_day(days, met):
    on = dt.date(2012, 3, 2)

    verdict = may_entrust(
        wanted=["trained"], shown={"trained": on + dt.timedelta(days=days)}, article="4", on=on
    )

    assert isinstance(verdict, Allowed) is met


def test_each_requirement_that_was_never_shown_is_named_with_the_article():
    verdict = may_entrust(wanted=["trained", "terms"], shown={}, article="4 ¶2", on=dt.date(2012, 3, 2))

    assert verdict == Refused("4 ¶2", "terms, trained", "Show each of them.")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": AgentState.CANDIDATE}, "agent_may_not_register"),
        ({"state": AgentState.SUSPENDED}, "agent_may_not_register"),
        ({"state": AgentState.TERMINATED}, "agent_may_not_register"),
        ({"missing_requirements": ("trained",)}, "agent_may_not_register"),
        ({"is_overdue": True}, "agent_may_not_register"),
        ({"is_outlet_closed": True}, "agent_may_not_register"),
        ({"has_device": False}, "device_not_registered"),
        ({"taken": 2}, "daily_limit_reached"),
        ({"taken": 3}, "daily_limit_reached"),
    ],
)
def test_each_thing_that_stands_in_the_way_is_named(changed, reason):
    verdict = may_register(replace(GOOD, **changed), at=FRIDAY)

    assert isinstance(verdict, Refused)
    assert verdict.reason == reason


def test_one_below_the_cap_may_be_registered_and_a_place_without_a_device_needs_none():
    assert isinstance(may_register(replace(GOOD, taken=1), at=FRIDAY), Allowed)
    assert isinstance(may_register(replace(GOOD, needs_device=False, has_device=False), at=FRIDAY), Allowed)


def test_what_is_at_its_limit_is_not_unusual():
    assert pattern_of(USUAL) is None


@pytest.mark.parametrize(
    ("changed", "pattern"),
    [
        ({"in_ten_minutes": 7}, Pattern.RATE),
        ({"lines_of_person": 4}, Pattern.ONE_PERSON),
        ({"outlets_today": 2}, Pattern.OUTLETS),
        ({"is_open": False}, Pattern.HOURS),
        ({"is_duplicate_image": True}, Pattern.DUPLICATE_IMAGE),
        ({"is_suspended": True}, Pattern.AFTER_SUSPENSION),
    ],
)
def test_what_is_above_its_limit_is_held(changed, pattern):
    assert pattern_of(replace(USUAL, **changed)) is pattern


@pytest.mark.parametrize(
    ("begun", "taken", "many"), [(9, 0, False), (10, 5, False), (10, 4, True), (10, 0, True)]
)
def test_pictures_that_came_to_nothing_are_asked_about_where_they_are_many(begun, taken, many):
    assert is_many_abandoned(begun=begun, taken=taken, fewest=10) is many
