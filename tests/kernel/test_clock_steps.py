# SPDX-License-Identifier: EUPL-1.2
"""A clock that is set forwards while the machine runs suspends, terminates and erases nothing until it is right or confirmed."""

import datetime as dt
import json
from collections.abc import Callable, Iterator

import pytest

from rollkeeper.kernel import clock_steps
from rollkeeper.kernel.errors import CLOCK_SET_FORWARDS
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import data_dir, write_settings
from tests.refusals import refusing

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def set_clock(data_dir: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[dt.timedelta], None]]:
    """A production instance on a machine whose clock a test sets, by so much from the right time."""
    start = clock_steps._start()
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    clock_steps._file().unlink(missing_ok=True)
    clock_steps.require_true_clock()
    yield lambda by: monkeypatch.setattr(clock_steps, "_start", lambda: start + by.total_seconds())
    write_settings(instance={"kind": InstanceKind.DEMO})
    clock_steps._file().unlink()


@pytest.mark.parametrize("by", [DAY, 7 * DAY, clock_steps.TOLERANCE + 2 * SECOND])
def test_a_clock_that_is_set_forwards_is_noticed_until_it_is_right_again(set_clock, by):
    set_clock(by)
    with refusing(CLOCK_SET_FORWARDS):
        clock_steps.require_true_clock()

    set_clock(dt.timedelta(0))

    clock_steps.require_true_clock()


@pytest.mark.parametrize("by", [dt.timedelta(0), HOUR - SECOND, -DAY, -7 * DAY])
def test_a_small_correction_or_a_clock_that_is_set_back_stops_nothing(set_clock, by):
    set_clock(by)

    clock_steps.require_true_clock()


def test_from_a_clock_that_was_set_back_a_step_forwards_is_one(set_clock):
    set_clock(-DAY)
    clock_steps.require_true_clock()

    set_clock(dt.timedelta(0))

    with refusing(CLOCK_SET_FORWARDS) as refused:
        clock_steps.require_true_clock()
    assert refused.value.facts["hours"] == 24


def test_a_date_that_a_person_confirmed_counts_from_then_on(set_clock):
    set_clock(DAY)
    clock_steps.require_true_clock(is_confirmed=True)

    clock_steps.require_true_clock()
    set_clock(2 * DAY)

    with refusing(CLOCK_SET_FORWARDS):
        clock_steps.require_true_clock()


def test_a_machine_that_was_started_again_begins_again(set_clock):
    set_clock(DAY)
    file = data_dir() / "run" / "clock.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"boot": "an earlier one"}), "utf-8")

    clock_steps.require_true_clock()


def test_a_demo_instance_goes_by_the_days_that_it_is_given(set_clock):
    set_clock(7 * DAY)
    write_settings(instance={"kind": InstanceKind.DEMO})

    clock_steps.require_true_clock()
