# SPDX-License-Identifier: EUPL-1.2
"""A law with several bars: each in its own batch, on its own day, lifted by one registration, and undone by itself."""

import datetime as dt
import json
from collections.abc import Iterator
from unittest.mock import Mock

import pytest
from django.db import transaction

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import batch_execution, batch_planning, batch_rollback, court_stays, queries
from rollkeeper.campaign.planning import check_plans
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import data_dir, write_settings
from rollkeeper.lawbook.services import adopt_law
from rollkeeper.lines.queries import view_line
from rollkeeper.provisioning.services import push_due
from rollkeeper.reporting.labels import row_label
from rollkeeper.reporting.metrics import tables
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.disputes import dispute_line
from rollkeeper.selfcare.queries import open_cases
from tests.builders.commands import retry_commands
from tests.builders.lines import give_number, make_line
from tests.builders.packs import REFERENCE, use_pack, write_pack
from tests.builders.staff import employ_approvers
from tests.builders.stages import staged
from tests.campaign.population import (
    approved_batches,
    day,
    fate,
    member,
    nights,
    pause,
    plan,
    register,
    state,
    tell,
)
from tests.registration.people import fresh_number

type People = tuple[Authority, Authority]

TOLD = day("2012-01-05")
FIRST, SECOND, THIRD, END = (day(text) for text in ("2012-03-06", "2012-03-27", "2012-04-12", "2012-05-15"))
"""Sixty days from the notice, and then 20, 15 and 30: each on the first open day after its last one."""
EVE = FIRST - dt.timedelta(days=1)
LEVELS = ["outgoing", "calls", ""]
AT_ONCE = {"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9}
"""A batch runs through at once."""


BARS = (
    ("no_calls_out", "{voice_in: allow, sms_in: allow, data: allow}"),
    ("no_calls", "{data: allow}"),
    ("no_service", "{}"),
)


@pytest.fixture(scope="module")
def begun(data_dir: object) -> Iterator[tuple[LineId, People]]:
    """A line whose subscriber was notified, under a law of three bars and an end, and who approves; the nights to the first bar's eve."""
    before = {name: getattr(settings(), name) for name in AT_ONCE}
    write_settings(campaign=AT_ONCE)
    with transaction.atomic():
        people, line_id = employ_approvers(), make_line()
        plan(TOLD, str(write_pack(staged(20, 15, 30, bars=BARS))))
        tell(line_id, TOLD)
        nights(TOLD, EVE, people)
        yield line_id, people
        transaction.set_rollback(True)
    write_settings(campaign=before)


@pytest.fixture
def people(begun: tuple[LineId, People]) -> Iterator[People]:
    """A manager and a supervisor, on the first bar's eve; what a test does is rolled back to it."""
    with transaction.atomic():
        clock.set_demo_date(EVE)
        yield begun[1]
        transaction.set_rollback(True)


@pytest.fixture
def told(begun: tuple[LineId, People], people: People) -> LineId:
    """The line, on the first bar's eve."""
    return begun[0]


def level(line_id: LineId) -> str:
    line = view_line(line_id)
    assert line is not None
    return line.level


def journal() -> list[dict[str, object]]:
    """What the demo network was ordered."""
    text = (data_dir() / "network" / "journal.jsonl").read_text("utf-8")
    return [json.loads(row) for row in text.splitlines()]


def push(on: dt.date) -> None:
    retry_commands()
    push_due(worker_authority(), on=on)


def test_each_bar_comes_on_its_day_and_the_end_after_the_last(told: LineId, people: People) -> None:
    nights(FIRST, END, people)

    assert fate(told) == (FIRST, None, END, "campaign", None, (SECOND, THIRD))


@pytest.mark.parametrize(("on", "step"), [(FIRST, 1), (SECOND, 2), (THIRD, 3)])
def test_on_the_day_before_each_bar_nothing_has_changed(
    told: LineId, people: People, on: dt.date, step: int
) -> None:
    nights(FIRST, on - dt.timedelta(days=1), people)
    before = member(told).step

    nights(on, on, people)

    assert (before, member(told).step, level(told)) == (step - 1, step, LEVELS[step - 1])


@pytest.mark.parametrize(("on", "step"), [(FIRST, 1), (SECOND, 2), (THIRD, 3)])
def test_one_registration_lifts_whichever_bar_is_in_place(
    told: LineId, people: People, on: dt.date, step: int
) -> None:
    nights(FIRST, on, people)

    register(told, on + dt.timedelta(days=1))
    nights(on + dt.timedelta(days=1), END + dt.timedelta(days=1), people)

    assert state(told) == "active"
    assert rows("SELECT FROM lines_suspension WHERE line_id = %s AND restored_on IS NULL", [told]) == []
    assert member(told).stage == "out_of_scope"


def test_the_promised_day_of_each_stage_is_kept_through_a_pause(told: LineId, people: People) -> None:
    nights(FIRST, FIRST, people)
    promised = member(told).promised_on

    pause(told, FIRST + dt.timedelta(days=5), FIRST + dt.timedelta(days=9), FIRST + dt.timedelta(days=5))
    nights(FIRST + dt.timedelta(days=1), SECOND + dt.timedelta(days=2), people)

    assert promised == SECOND - dt.timedelta(days=1)
    assert member(told).step == 1
    nights(SECOND + dt.timedelta(days=3), SECOND + dt.timedelta(days=10), people)
    assert member(told).step == 2


def test_a_stay_between_two_bars_holds_the_second(told: LineId, people: People) -> None:
    nights(FIRST, FIRST, people)
    court_stays.enter_stay(
        console_authority(), first=FIRST + dt.timedelta(days=1), last=None, reason="court", on=FIRST
    )

    nights(FIRST + dt.timedelta(days=1), END, people)

    assert member(told).step == 1
    assert level(told) == "outgoing"


def test_undoing_the_second_bar_brings_the_first_back_with_its_days(told: LineId, people: People) -> None:
    nights(FIRST, SECOND, people)
    (batch_id,) = [one.batch_id for one in queries.batches() if one.step == 2]

    undone = batch_rollback.undo_batch(console_authority(), batch_id, on=SECOND)

    assert (undone.undone, undone.left_alone) == (1, 0)
    assert (state(told), level(told), member(told).step) == ("suspended", "outgoing", 1)
    assert member(told).promised_on > SECOND


def test_undoing_the_first_bar_waits_for_the_second_that_came_since(told: LineId, people: People) -> None:
    nights(FIRST, SECOND, people)
    first, second = sorted(queries.batches(), key=lambda one: one.step)

    left = batch_rollback.undo_batch(console_authority(), first.batch_id, on=SECOND)

    assert (left.undone, left.left_alone, level(told)) == (0, 1, "calls")
    batch_rollback.undo_batch(console_authority(), second.batch_id, on=SECOND)
    batch_rollback.undo_requested(console_authority(), on=SECOND)
    assert (state(told), level(told), member(told).step) == ("active", "", 0)


def test_the_network_is_asked_for_each_bar_and_proves_it(told: LineId, people: People) -> None:
    ordered = []
    for begin, on in (
        (FIRST, FIRST),
        (FIRST + dt.timedelta(days=1), SECOND),
        (SECOND + dt.timedelta(days=1), THIRD),
    ):
        nights(begin, on, people)
        push(on)
        ordered.append(journal()[-1])

    assert [one["bars"] for one in ordered] == [
        ["outgoing"], ["outgoing", "incoming"], ["outgoing", "incoming", "data"],
    ]  # fmt: skip
    assert all(one["allows"] == ["emergency", "care", "registration"] for one in ordered)
    states = rows("SELECT state FROM provisioning_command WHERE line_id = %s ORDER BY position", [told])
    assert [row.state for row in states] == ["confirmed"] * 3


def test_a_day_counts_each_bar_by_itself_and_names_what_it_takes(told: LineId, people: People) -> None:
    nights(FIRST, FIRST, people)

    due = batch_planning.check_day(console_authority(), due_on=SECOND, on=FIRST)

    assert [(one.step, one.count) for one in due] == [(1, 0), (2, 1), (3, 0), (4, 0)]
    seen = queries.overview(FIRST)
    assert seen is not None
    assert [one[:2] for one in seen.bar_counts] == [("outgoing", 1), ("calls", 0), ("all", 0)]


def test_a_dispute_that_is_won_under_the_second_bar_voids_both(told: LineId, people: People) -> None:
    number = fresh_number()
    give_number(told, number)
    nights(FIRST, SECOND, people)
    on = SECOND + dt.timedelta(days=1)
    dispute_line(console_authority(), submission_key=str(new_uuid()), number=number, on=on)
    (case,) = open_cases()

    settle_case(console_authority(), case.case_id, upheld=True, on=SECOND + dt.timedelta(days=10))

    (void,) = rows(
        "SELECT lower(days) AS first FROM lines_pause WHERE line_id = %s AND reason = 'other'", [told]
    )
    wrongful = rows(
        "SELECT step FROM lines_suspension WHERE line_id = %s AND was_wrongful ORDER BY step", [told]
    )
    assert (state(told), member(told).stage, member(told).step) == ("active", "running", 0)
    assert (void.first, [row.step for row in wrongful]) == (FIRST, [1, 2])
    assert member(told).promised_on > SECOND + dt.timedelta(days=10)


def test_an_undo_of_the_end_brings_back_the_last_bar_and_what_it_takes(told: LineId, people: People) -> None:
    nights(FIRST, END, people)
    (batch_id,) = [one.batch_id for one in queries.batches() if one.step == 4]

    batch_rollback.undo_batch(console_authority(), batch_id, on=END)
    push(END)

    assert (state(told), member(told).stage, member(told).step) == ("suspended", "suspended", 3)
    assert journal()[-1]["bars"] == ["outgoing", "incoming", "data"]


def test_an_undo_of_the_second_bar_gives_back_in_the_network_what_it_took(
    told: LineId, people: People
) -> None:
    nights(FIRST, SECOND, people)
    push(SECOND)
    (batch_id,) = [one.batch_id for one in queries.batches() if one.step == 2]

    batch_rollback.undo_batch(console_authority(), batch_id, on=SECOND)
    push(SECOND)

    assert (journal()[-1]["state"], journal()[-1]["bars"]) == ("barred", ["outgoing"])


def undo_the_second_bar(told: LineId, people: People, on: dt.date) -> None:
    nights(FIRST, SECOND, people)
    push(SECOND)
    (batch_id,) = [one.batch_id for one in queries.batches() if one.step == 2]
    clock.set_demo_date(on)
    batch_rollback.undo_batch(console_authority(), batch_id, on=on)


def test_what_an_undo_of_a_wider_bar_gives_back_waits_for_no_open_day(told: LineId, people: People) -> None:
    qingming = day("2012-04-04")
    undo_the_second_bar(told, people, qingming)

    push(qingming)

    assert (journal()[-1]["state"], journal()[-1]["bars"]) == ("barred", ["outgoing"])


def test_what_an_undo_of_a_wider_bar_gives_back_waits_for_no_court(told: LineId, people: People) -> None:
    on = SECOND + dt.timedelta(days=1)
    court_stays.enter_stay(console_authority(), first=on, last=None, reason="court", on=SECOND)
    undo_the_second_bar(told, people, on)

    push(on)

    assert (journal()[-1]["state"], journal()[-1]["bars"]) == ("barred", ["outgoing"])


def test_what_an_undo_gives_back_waits_for_no_law_in_force(told: LineId, people: People) -> None:
    undo_the_second_bar(told, people, SECOND)
    before = instance().pack

    use_pack(REFERENCE.replace("\nstatus: confirmed", "\nstatus: struck_down", 1))
    try:
        push(SECOND)
    finally:
        write_settings(instance={"pack": before})

    assert (journal()[-1]["state"], journal()[-1]["bars"]) == ("barred", ["outgoing"])


def test_an_undo_that_was_killed_and_goes_on_holds_back_nothing_that_it_gave_back(
    told: LineId, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_rollback, "_finish", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        undo_the_second_bar(told, people, SECOND)
    monkeypatch.undo()

    batch_rollback.undo_requested(console_authority(), on=SECOND)
    push_due(worker_authority(), on=SECOND)

    assert (journal()[-1]["state"], journal()[-1]["bars"]) == ("barred", ["outgoing"])


def test_the_ledger_says_of_each_bar_what_it_takes_and_nothing_of_one_that_takes_all(
    told: LineId, people: People
) -> None:
    nights(FIRST, THIRD, people)

    for verb in ("campaign:batch:prepared", "line:line:suspended"):
        said = rows(
            "SELECT body::jsonb #>> '{facts,bars}' AS bars FROM ledger_entry WHERE verb = %s ORDER BY at, entry_id",
            [verb],
        )
        assert [row.bars for row in said] == ["outgoing", "calls", None]


def test_a_report_counts_each_bar_by_what_it_takes(told: LineId, people: People) -> None:
    nights(FIRST, THIRD, people)

    campaigns = {one.row: one for table in tables() if table.id == "campaigns" for one in table.rows}
    said = rows("SELECT body::jsonb -> 'facts' AS facts FROM ledger_entry WHERE verb = 'line:line:suspended'")
    counted = {
        row: sum(campaigns[row].weight(str(THIRD), one.facts) for one in said)
        for row in ("outgoing", "calls", "data", "outgoing_and_data", "suspended")
    }

    assert counted == {"outgoing": 1, "calls": 1, "data": 0, "outgoing_and_data": 0, "suspended": 1}
    assert row_label("calls", "zh-hans") == "停止通话和短信，数据业务可用"


@pytest.mark.parametrize("on", [SECOND, THIRD])
def test_a_paused_line_is_passed_over_by_every_later_bar(told: LineId, people: People, on: dt.date) -> None:
    nights(FIRST, on - dt.timedelta(days=3), people)
    step = member(told).step

    pause(told, on - dt.timedelta(days=2), None, on - dt.timedelta(days=2))
    nights(on - dt.timedelta(days=2), END + dt.timedelta(days=30), people)

    assert (member(told).step, state(told)) == (step, "suspended")


def test_people_approve_a_batch_of_one_bar_and_not_of_another(told: LineId, people: People) -> None:
    (batch_id,) = approved_batches(FIRST, people)

    rows("UPDATE campaign_batch SET bars = 7 WHERE batch_id = %s RETURNING batch_id", [batch_id])
    ran = batch_execution.run_batch(worker_authority(), batch_id, on=FIRST)

    assert ran.state == "stopped"
    assert state(told) == "active"


def test_an_explanation_names_each_bar_what_works_and_what_follows(told: LineId, people: People) -> None:
    nights(FIRST, SECOND, people)

    found = queries.explain_line(told, on=SECOND)

    assert found is not None
    said = " ".join(one.text for one in found.sentences)
    assert "On 6 March 2012 calls and messages from the line were barred" in said
    assert "On 27 March 2012 calls and messages from the line and to it were barred" in said
    assert "Data services still work" in said
    assert "it may be suspended from 12 April 2012 on" in said


@pytest.mark.parametrize(
    ("through", "new", "kept"),
    [
        # Of the new law the first bar is a whole one: under it nobody was barred whose outgoing calls alone were.
        (FIRST, ((30,), BARS[2:]), False),
        (SECOND, ((30,), BARS[2:]), False),
        (SECOND, ((20, 30), (BARS[1], BARS[2])), False),
        # The new law ends the contract where the former one has its second bar.
        (SECOND, ((20,), BARS[:1]), False),
        (FIRST, ((20,), BARS[:1]), True),
        (FIRST, ((20, 15, 60), BARS), True),
        (SECOND, ((20, 15), BARS[:2]), True),
    ],
)
def test_who_is_barred_as_no_stage_of_a_changed_law_bars_works_and_is_asked_again(
    told: LineId,
    people: People,
    through: dt.date,
    new: tuple[tuple[int, ...], tuple[tuple[str, str], ...]],
    *,
    kept: bool,
) -> None:
    nights(FIRST, through, people)
    (days, bars), barred = new, state(told)

    pack = str(write_pack(staged(*days, bars=bars)))
    clock.set_demo_date(through)
    for who in people:
        adopt_law(who, pack, on=through)
    (checked,) = check_plans(console_authority(), pack_id=pack, on=through)
    plan(through, pack)

    assert (checked.is_changed, checked.to_restore) == (True, 0 if kept else 1)
    assert barred == "suspended"
    assert (state(told), member(told).stage) == (
        ("suspended", "suspended") if kept else ("active", "not_notified")
    )
    if not kept:
        tell(told, through)
        nights(through, through + dt.timedelta(days=59), people)
        assert state(told) == "active"
