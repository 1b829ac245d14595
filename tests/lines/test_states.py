# SPDX-License-Identifier: EUPL-1.2
"""The table of a line's life."""

from itertools import combinations
from pathlib import Path

import pytest

from rollkeeper.lines.states import (
    TRANSITIONS,
    Event,
    LineState,
    Restriction,
    SuspensionReason,
    lifecycle_markdown,
    may_go,
    restriction_of,
    state_under,
)


def test_the_page_about_the_life_of_a_line_is_the_table():
    page = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text("utf-8")

    assert page.endswith(lifecycle_markdown())


def test_no_row_stands_twice_in_the_table():
    keys = [(t.event, t.from_state, t.to_state) for t in TRANSITIONS]

    assert len(keys) == len(set(keys))


def test_every_state_and_every_event_is_reached():
    assert {t.to_state for t in TRANSITIONS} == set(LineState)
    assert {t.event for t in TRANSITIONS} == set(Event)


def test_a_released_line_stays_released():
    assert not [t for t in TRANSITIONS if t.from_state is LineState.RELEASED]


def test_no_step_leads_from_the_end_back_to_service_but_an_undo():
    back = [
        t.event
        for t in TRANSITIONS
        if t.from_state is LineState.ENDED and t.to_state is not LineState.RELEASED
    ]

    assert back == [Event.UNDO]
    assert not may_go(Event.REGISTER, from_state=LineState.ENDED, to_state=LineState.ACTIVE)


@pytest.mark.parametrize("count", range(len(SuspensionReason) + 1))
def test_of_several_reasons_the_most_restrictive_wins(count):
    for reasons in combinations(SuspensionReason, count):
        strictest = max((restriction_of([reason]) for reason in reasons), default=Restriction.NONE)
        assert restriction_of(reasons) is strictest
        assert state_under(reasons) is (LineState.SUSPENDED if reasons else LineState.ACTIVE)
