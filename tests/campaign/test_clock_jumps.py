# SPDX-License-Identifier: EUPL-1.2
"""A machine whose date is wrong for a while suspends no line early, twice or by two steps at once."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.campaign import batch_control, batch_execution, batch_planning, batch_rollback, nightly
from rollkeeper.campaign.errors import NIGHTLY_RUN_GAP
from rollkeeper.kernel import clock, clock_steps
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import CLOCK_SET_FORWARDS
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.kernel.instance import InstanceKind
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.errors import PACK_NOT_BEGUN
from tests.builders.lines import make_line
from tests.campaign.population import approved_batches, day, fate, night, plan, state, tell
from tests.refusals import refusing

type People = tuple[Authority, Authority]

NOTIFIED, CUT = day("2011-12-20"), day("2012-03-02")
LAW_BEGINS = day("2012-01-01")
COUNT = 12


@pytest.fixture
def half_done(people: People, batch_limits: Callable[..., None]) -> tuple[BatchId, list[LineId]]:
    """A batch of which a third is carried out and the rest waits for the pilot to be watched."""
    lines = notified_lines()
    batch_limits(pilot_share=0.34, pilot_hours=4, max_lines_per_hour=1000)
    (batch_id,) = approved_batches(CUT, people)
    batch_execution.run_batch(worker_authority(), batch_id, on=CUT)
    assert suspended(lines) == 5
    return batch_id, lines


def notified_lines() -> list[LineId]:
    """Make lines whose subscribers are notified, and their clocks run."""
    lines = [make_line() for _ in range(COUNT)]
    plan(day("2011-12-19"))
    for line_id in lines:
        tell(line_id, NOTIFIED)
    clock.set_demo_date(NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)
    return lines


def suspended(lines: list[LineId]) -> int:
    return sum(state(line_id) == "suspended" for line_id in lines)


def ran(batch_id: BatchId, on: dt.date) -> batch_execution.BatchRunResult:
    clock.set_demo_date(on)
    return batch_execution.run_batch(worker_authority(), batch_id, on=on)


@pytest.mark.parametrize("days_back", [1, 30, 400])
def test_a_clock_that_jumps_back_lets_nobody_else_be_cut(
    half_done: tuple[BatchId, list[LineId]], days_back: int
) -> None:
    batch_id, lines = half_done
    wrong = CUT - dt.timedelta(days=days_back)

    with refusing(PACK_NOT_BEGUN) if wrong < LAW_BEGINS else nullcontext():
        assert ran(batch_id, wrong).done == 0

    assert suspended(lines) == 5
    clock.set_demo_date(wrong)
    with refusing(PACK_NOT_BEGUN) if wrong < LAW_BEGINS else nullcontext():
        nightly.run_nightly(worker_authority(), on=wrong)
    right = ran(batch_id, CUT + dt.timedelta(days=3))
    assert (right.state, suspended(lines)) == ("done", COUNT)
    assert len(rows("SELECT FROM lines_suspension")) == COUNT


def test_a_clock_that_jumps_forward_cuts_nobody_two_steps_at_once(
    half_done: tuple[BatchId, list[LineId]], people: People, batch_limits: Callable[..., None]
) -> None:
    _, lines = half_done
    batch_limits(pilot_share=1.0)

    night(day("2012-06-04"), people)

    by_state = [state(line_id) for line_id in lines]
    assert (by_state.count("terminated"), by_state.count("suspended")) == (5, COUNT - 5)
    (late,) = {fate(line_id)[0] for line_id in lines if state(line_id) == "suspended"}
    assert late == day("2012-06-04")


def test_a_batch_that_was_drawn_up_on_a_day_to_come_does_nothing_before_it(people: People) -> None:
    lines = notified_lines()
    (batch_id,) = approved_batches(CUT, people)

    found = ran(batch_id, CUT - dt.timedelta(days=1))

    assert (found.done, suspended(lines)) == (0, 0)
    assert "its day is 2012-03-02" in str(found.why)


@pytest.mark.parametrize("action", ["suspend", "terminate"])
def test_what_a_clock_that_was_ahead_did_is_undone_before_that_day_comes(people: People, action: str) -> None:
    line_id, ends = make_line(), day("2012-04-05")
    plan(day("2011-12-19"))
    tell(line_id, NOTIFIED)
    night(CUT, people)
    wrong = CUT if action == "suspend" else ends
    if action == "terminate":
        night(ends, people)
    (batch_id,) = [
        row.batch_id for row in rows("SELECT batch_id FROM campaign_batch WHERE action = %s", [action])
    ]
    right = wrong - dt.timedelta(days=1)
    clock.set_demo_date(right)

    undone = batch_rollback.undo_batch(people[1], batch_id, on=right)

    assert (undone.undone, state(line_id)) == (1, "active" if action == "suspend" else "suspended")
    (pause,) = rows(
        "SELECT lower(days) AS first, upper(days) - 1 AS last FROM lines_pause WHERE line_id = %s", [line_id]
    )
    assert (pause.first, pause.last) == (right, wrong)
    night(wrong, people)
    assert state(line_id) == ("active" if action == "suspend" else "suspended")


@pytest.fixture
def production_after_planning(people: People) -> Iterator[None]:
    """An instance for real people, in which a campaign is planned, one line is notified and a night was played."""
    line_id = make_line()
    plan(day("2011-12-19"))
    clock.set_demo_date(NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)
    tell(line_id, NOTIFIED)
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    yield
    write_settings(instance={"kind": InstanceKind.DEMO})


@pytest.mark.usefixtures("production_after_planning")
@pytest.mark.parametrize("days", [8, 366])
def test_a_production_instance_whose_date_is_far_ahead_waits_for_a_person(
    days: int,
) -> None:
    ahead = NOTIFIED + dt.timedelta(days=days)

    with refusing(NIGHTLY_RUN_GAP) as refused:
        nightly.run_nightly(worker_authority(), on=ahead)

    assert (refused.value.facts["last"], refused.value.facts["days"]) == (NOTIFIED, days)
    assert nightly.run_nightly(worker_authority(), on=ahead, after_gap=True).started == 1
    assert nightly.run_nightly(worker_authority(), on=ahead + dt.timedelta(days=1)) == nightly.NightlyResult()


@pytest.fixture
def a_day_ahead(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock is set forwards by a day while it runs."""
    clock_steps.set_forwards_by()
    began = clock_steps._start()
    monkeypatch.setattr(clock_steps, "_start", lambda: began + 24 * 3600)
    yield
    clock_steps._file().unlink()


@pytest.mark.usefixtures("production_after_planning", "a_day_ahead")
def test_a_clock_that_is_set_forwards_starts_no_clock_until_it_is_confirmed() -> None:
    ahead = NOTIFIED + dt.timedelta(days=1)

    with refusing(CLOCK_SET_FORWARDS):
        nightly.run_nightly(worker_authority(), on=ahead)

    assert nightly.run_nightly(worker_authority(), on=ahead, after_gap=True).started == 1


def test_a_batch_of_the_next_day_is_not_run_by_a_clock_that_is_set_forwards(
    people: People, request: pytest.FixtureRequest
) -> None:
    lines = notified_lines()
    (batch_id,) = approved_batches(CUT, people)
    clock.set_demo_date(None)
    request.getfixturevalue("a_day_ahead")
    write_settings(instance={"kind": InstanceKind.PRODUCTION})

    with refusing(CLOCK_SET_FORWARDS):
        batch_execution.run_batch(worker_authority(), batch_id, on=CUT)

    write_settings(instance={"kind": InstanceKind.DEMO})
    assert suspended(lines) == 0


@pytest.fixture
def approved_in_production(people: People) -> Iterator[tuple[BatchId, list[LineId]]]:
    """An instance for real people with an approved batch of a day to come."""
    lines = [make_line() for _ in range(COUNT)]
    plan(day("2011-12-19"))
    for line_id in lines:
        tell(line_id, NOTIFIED)
    night(CUT - dt.timedelta(days=10), people)
    clock.set_demo_date(CUT - dt.timedelta(days=10))
    (due,) = [
        one
        for one in batch_planning.prepare_batches(people[0], due_on=CUT, on=CUT - dt.timedelta(days=10))
        if one.batch_id
    ]
    for one in people:
        batch_control.approve_batch(one, due.batch_id, on=CUT - dt.timedelta(days=10))
    clock.set_demo_date(None)
    write_settings(instance={"kind": InstanceKind.PRODUCTION})
    yield due.batch_id, lines
    write_settings(instance={"kind": InstanceKind.DEMO})


def test_a_machine_that_starts_with_a_date_ahead_runs_no_approved_batch(
    approved_in_production: tuple[BatchId, list[LineId]],
) -> None:
    batch_id, lines = approved_in_production

    with refusing(NIGHTLY_RUN_GAP):
        batch_execution.run_batch(worker_authority(), batch_id, on=CUT)
    not_confirmed = suspended(lines)
    nightly.run_nightly(worker_authority(), on=CUT, after_gap=True)
    write_settings(
        instance={"kind": InstanceKind.DEMO}
    )  # where those who approved need not have had their role for a day
    ran(batch_id, CUT)

    assert (not_confirmed, suspended(lines)) == (0, COUNT)


@pytest.mark.usefixtures("production_after_planning")
def test_a_week_without_a_night_is_caught_up_without_asking() -> None:
    assert nightly.run_nightly(worker_authority(), on=NOTIFIED + dt.timedelta(days=7)).started == 1
