# SPDX-License-Identifier: EUPL-1.2
"""The table of a line's life."""

import datetime as dt
from itertools import permutations
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from rollkeeper.imports.choices import BARRED
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import run
from rollkeeper.lines.choices import (
    TRANSITIONS,
    Event,
    LineState,
    SuspensionReason,
    lifecycle_markdown,
)
from tests.builders.lines import activate_line


def test_the_page_about_the_life_of_a_line_is_the_table():
    page = (Path(__file__).parents[2] / "docs" / "lifecycle.md").read_text("utf-8")

    assert page.endswith(lifecycle_markdown())


def test_no_row_stands_twice_in_the_table():
    keys = [(t.event, t.from_state, t.to_state) for t in TRANSITIONS]

    assert len(keys) == len(set(keys))


def test_every_state_and_every_event_is_reached():
    assert {t.to_state for t in TRANSITIONS} == set(LineState)
    assert {t.event for t in TRANSITIONS} == set(Event)


def test_every_reason_but_registration_can_come_in_with_an_import():
    assert set(BARRED.values()) == set(SuspensionReason) - {SuspensionReason.REGISTRATION}


def test_a_released_line_stays_released():
    assert not [t for t in TRANSITIONS if t.from_state is LineState.RELEASED]


def test_no_step_leads_from_the_end_back_to_service_but_an_undo():
    back = [
        t.event
        for t in TRANSITIONS
        if t.from_state is LineState.TERMINATED and t.to_state is not LineState.RELEASED
    ]

    assert back == [Event.UNDO]


@pytest.mark.usefixtures("register")
def test_the_database_lets_through_the_steps_of_the_table_and_no_other():
    lines = {
        state: activate_line(f"+861380013800{at}", service=Service.MOBILE, on=dt.date(2012, 1, 1))
        for at, state in enumerate(LineState)
    }
    run("ALTER TABLE lines_line DISABLE TRIGGER lines_valid_transition")
    for state, line in lines.items():
        run("UPDATE lines_line SET state = %s WHERE line_id = %s", [state, line])
    run("ALTER TABLE lines_line ENABLE TRIGGER lines_valid_transition")

    passed = {step for step in permutations(LineState, 2) if _takes(lines[step[0]], step[1])}

    assert passed == {
        (t.from_state, t.to_state) for t in TRANSITIONS if t.from_state not in {None, t.to_state}
    }


def _takes(line, to_state):
    try:
        with transaction.atomic():
            run("UPDATE lines_line SET state = %s WHERE line_id = %s", [to_state, line])
            transaction.set_rollback(True)
    except IntegrityError as refused:
        return "lines_line_invalid_transition" not in str(refused)
    return True
