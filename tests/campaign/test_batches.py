# SPDX-License-Identifier: EUPL-1.2
"""Batches: prepared, approved by two, limited, stopped, carried out on unchanged lines, and undone."""

import datetime as dt
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import ALREADY_APPROVED, APPROVER_UNKNOWN, NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import (
    batch_control,
    batch_execution,
    batch_planning,
    batch_rollback,
    court_stays,
    nightly,
    planning,
    queries,
)
from rollkeeper.campaign.choices import Action
from rollkeeper.campaign.errors import (
    DAY_CLOSED,
    DIFFERENT_DAYS,
    NO_CAMPAIGN,
    OTHER_CAMPAIGN_OPEN,
    BatchNotInState,
    PackChanged,
)
from rollkeeper.campaign.models import Batch
from rollkeeper.campaign.open_campaign import open_campaign
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.errors import PACK_WITHOUT_CAMPAIGN
from rollkeeper.lines.choices import PauseReason, SuspensionReason
from rollkeeper.lines.reconnection import reconnect_temporarily
from rollkeeper.lines.services import mark_disputed, mark_essential, pause_clock
from rollkeeper.notices.models import Notice
from rollkeeper.provisioning import services as pushing
from rollkeeper.provisioning.choices import Answer, ReadBack
from rollkeeper.provisioning.services import push_due
from rollkeeper.reporting.periods import quarters_of
from rollkeeper.reporting.quarter_counts import count_quarter
from tests.builders.commands import retry_commands
from tests.builders.lines import change_line, make_line, mark_registered, mark_suspended, suspend_line
from tests.builders.packs import adopt_pack
from tests.builders.past import make_older
from tests.builders.staff import employ
from tests.campaign.population import (
    PACK,
    approved_batches,
    day,
    let_an_hour_pass,
    member,
    night,
    nights,
    pause,
    plan,
    register,
    state,
    tell,
)
from tests.provisioning.fakes import Element
from tests.refusals import refusing

type People = tuple[Authority, Authority]

NOTIFIED, DUE, END_DUE = day("2011-12-20"), day("2012-03-02"), day("2012-04-05")


def notified_lines(count: int, *, pack_id: str = PACK, **more: object) -> list[LineId]:
    """Make lines, plan, and have all of them notified."""
    line_ids = [make_line(**more) for _ in range(count)]
    plan(day("2011-12-19"), pack_id)
    for line_id in line_ids:
        tell(line_id, NOTIFIED)
    clock.set_demo_date(NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)
    return line_ids


def drawn(on: dt.date = DUE) -> BatchId:
    clock.set_demo_date(on)
    found = batch_planning.prepare_batches(console_authority(), due_on=on, on=on)
    return next(due.batch_id for due in found if due.batch_id is not None)


def carry_out(batch_id: BatchId, on: dt.date = DUE) -> batch_execution.BatchRunResult:
    clock.set_demo_date(on)
    return batch_execution.run_batch(worker_authority(), batch_id, on=on)


def approve(batch_id: BatchId, people: People, on: dt.date = DUE) -> None:
    for one in people:
        batch_control.approve_batch(one, batch_id, on=on)


def test_without_a_language_notices_are_owed_in_every_one(people: People) -> None:
    notified_lines(1, language="bo")
    (silent,) = notified_lines(1, language=None)

    batch_id = drawn()
    approve(batch_id, people)
    carry_out(batch_id)

    owed = rows("SELECT line_id, kind, language FROM notices_notice")
    assert {(one.line_id == silent, one.kind, one.language) for one in owed} == {
        (True, "register_by", "mul"),
        (True, "suspended", "mul"),
        (False, "register_by", "bo"),
        (False, "suspended", "bo"),
    }


def test_a_night_puts_off_once_the_check_of_a_line_that_a_pause_gave_more_days(people: People) -> None:
    paused, silent = notified_lines(2)
    pause(paused, day("2012-01-10"), day("2012-01-19"), day("2012-01-10"))
    clock.set_demo_date(DUE)

    nights_of_one_day = [nightly.run_nightly(worker_authority(), on=DUE).postponed for _ in range(2)]

    assert nights_of_one_day == [1, 0]
    assert member(silent).next_check_on == DUE < member(paused).next_check_on


def test_planning_again_takes_in_only_what_is_new(people: People) -> None:
    make_line()
    plan(day("2011-12-19"))
    make_line()

    again = plan(day("2011-12-20"))

    assert (again.members_before, again.members_added) == (1, 1)
    assert len(rows("SELECT line_id FROM notices_notice WHERE kind = 'register_by'")) == 2


def test_a_country_without_the_duty_has_no_campaign(people: People) -> None:
    with refusing(PACK_WITHOUT_CAMPAIGN):
        planning.plan_campaign(console_authority(), pack_id="none", on=NOTIFIED)


@pytest.fixture
def in_zone(data_dir: object) -> Iterator[Callable[[str], object]]:
    """Have the instance count its days in another zone."""
    before = instance().zone
    yield lambda name: write_settings(instance={"zone": name})
    write_settings(instance={"zone": before})


def test_no_campaign_is_planned_where_the_instance_s_days_are_not_the_law_s(
    people: People, in_zone: Callable[[str], object]
) -> None:
    make_line()
    in_zone("Europe/Berlin")

    with refusing(DIFFERENT_DAYS, match="Asia/Shanghai, this instance in Europe/Berlin"):
        plan(NOTIFIED)

    assert rows("SELECT FROM campaign_campaign") == []


def test_a_zone_of_another_name_with_the_same_days_will_do(
    people: People, in_zone: Callable[[str], object]
) -> None:
    make_line()
    in_zone("Asia/Macau")

    assert plan(NOTIFIED).members_added == 1


def test_nothing_is_drawn_up_once_the_instance_s_days_are_no_longer_the_law_s(
    people: People, in_zone: Callable[[str], object]
) -> None:
    notified_lines(1)
    in_zone("Asia/Tokyo")
    clock.set_demo_date(DUE)

    with refusing(DIFFERENT_DAYS):
        batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE)

    assert rows("SELECT FROM campaign_batch") == []


def test_no_batch_goes_on_once_the_instance_s_days_are_no_longer_the_law_s(
    people: People, in_zone: Callable[[str], object]
) -> None:
    (line_id,) = notified_lines(1)
    batch_id = drawn()
    approve(batch_id, people)
    in_zone("Asia/Tokyo")

    with refusing(DIFFERENT_DAYS):
        carry_out(batch_id)

    assert state(line_id) == "active"


def test_a_second_pack_does_not_take_the_place_of_the_campaign_under_way(
    people: People, tmp_path: Path
) -> None:
    make_line()
    plan(NOTIFIED)
    other = tmp_path / "other.yaml"
    text = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
    other.write_text(text.replace("\nid: cn-xz-2011\n", "\nid: another-law\n"), "utf-8")

    with refusing(OTHER_CAMPAIGN_OPEN, match="cn-xz-2011"):
        planning.plan_campaign(console_authority(), pack_id=str(other), on=NOTIFIED)


def test_a_pack_given_by_a_short_path_is_found_again_from_any_folder(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.yaml").write_text(
        (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8"), "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    planning.plan_campaign(console_authority(), pack_id="mine.yaml", on=NOTIFIED)

    monkeypatch.chdir("/")

    assert open_campaign().pack_id == str(tmp_path / "mine.yaml")


def test_registered_and_ended_lines_are_not_taken_in(people: People) -> None:
    make_line(is_registered=True)
    make_line(state="terminated")

    assert plan(NOTIFIED).members_added == 0


def test_a_first_notice_promises_the_day_counted_from_the_day_it_is_owed(people: People) -> None:
    line_id = make_line()
    plan(day("2012-01-15"))

    (found,) = rows("SELECT promised_on FROM notices_notice WHERE line_id = %s", [line_id])
    assert found.promised_on == day("2012-03-15")


@pytest.mark.parametrize(("on", "due"), [("2012-03-01", 0), ("2012-03-02", 1), ("2012-03-05", 1)])
def test_a_line_is_due_from_the_day_after_its_last_day(on: str, due: int, people: People) -> None:
    notified_lines(1)

    found = batch_planning.check_day(console_authority(), due_on=day(on), on=NOTIFIED)

    assert [one.count for one in found] == [due, 0]


@pytest.mark.parametrize(
    ("promised", "on", "due"),
    [("2012-03-07", "2012-03-06", 0), ("2012-03-07", "2012-03-07", 0), ("2012-03-07", "2012-03-08", 1)],
)
def test_a_promised_day_is_never_shortened(promised: str, on: str, due: int, people: People) -> None:
    line_id = make_line()
    plan(day("2011-12-19"))
    Notice.objects.filter(line_id=line_id).update(promised_on=promised)
    tell(line_id, NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)

    assert batch_planning.check_day(console_authority(), due_on=day(on), on=NOTIFIED)[0].count == due
    night(day(on), people)
    assert state(line_id) == ("suspended" if due else "active")


@pytest.mark.parametrize("closed", ["2012-03-03", "2012-03-04", "2012-04-02"])
def test_no_batch_is_drawn_up_for_a_closed_day(closed: str, people: People) -> None:
    notified_lines(1)

    with refusing(DAY_CLOSED):
        batch_planning.check_day(console_authority(), due_on=day(closed), on=NOTIFIED)


def test_a_batch_does_nothing_on_a_closed_day(people: People) -> None:
    (line_id,) = notified_lines(1)
    batch_id = drawn(DUE)
    approve(batch_id, people)

    ran = carry_out(batch_id, day("2012-03-03"))

    assert (ran.done, state(line_id)) == (0, "active")


def test_a_batch_does_nothing_before_its_day(people: People) -> None:
    (line_id,) = notified_lines(1)
    clock.set_demo_date(day("2012-03-01"))
    (batch_id,) = [
        d.batch_id
        for d in batch_planning.prepare_batches(console_authority(), due_on=DUE, on=day("2012-03-01"))
        if d.batch_id
    ]
    approve(batch_id, people, day("2012-03-01"))

    ran = carry_out(batch_id, day("2012-03-01"))

    assert (ran.done, state(line_id)) == (0, "active")


def test_a_batch_without_approval_does_nothing(people: People) -> None:
    (line_id,) = notified_lines(1)
    batch_id = drawn()

    with pytest.raises(BatchNotInState):
        carry_out(batch_id)
    assert batch_execution.batches_to_run(on=DUE) == []
    assert state(line_id) == "active"


def test_one_person_alone_cannot_approve(people: People) -> None:
    notified_lines(1)
    batch_id = drawn()

    assert batch_control.approve_batch(people[0], batch_id, on=DUE) == "waiting"
    with refusing(ALREADY_APPROVED):
        batch_control.approve_batch(people[0], batch_id, on=DUE)


def test_two_different_people_can(people: People) -> None:
    notified_lines(1)
    batch_id = drawn()

    assert [batch_control.approve_batch(one, batch_id, on=DUE) for one in people] == ["waiting", "approved"]


@pytest.mark.parametrize("role", [StaffRole.CLERK, StaffRole.AUDITOR, StaffRole.ADMINISTRATOR])
def test_a_role_without_the_power_cannot_approve(role: StaffRole, people: People) -> None:
    notified_lines(1)
    batch_id = drawn()

    with refusing(NOT_ALLOWED):
        batch_control.approve_batch(employ(role), batch_id, on=DUE)


def test_neither_console_nor_worker_can_approve(people: People) -> None:
    notified_lines(1)
    batch_id = drawn()

    for nobody in (console_authority(), worker_authority()):
        with refusing(NOT_ALLOWED, APPROVER_UNKNOWN):
            batch_control.approve_batch(nobody, batch_id, on=DUE)


def test_the_office_can_approve_and_stop_with_its_own_rights(
    people: People, as_role: Callable[..., object]
) -> None:
    notified_lines(1)
    batch_id = drawn()

    with as_role("backoffice"):
        approve(batch_id, people)
        batch_control.stop_batch(people[0], batch_id, on=DUE)
    assert queries.batch(batch_id).view.state == "stopped"


def test_the_office_can_look_at_everything_with_its_own_rights(
    people: People, as_role: Callable[..., object]
) -> None:
    notified_lines(3)
    batch_id = drawn()

    with as_role("backoffice"):
        seen = queries.overview(DUE)
        detail = queries.batch(batch_id)
    assert seen is not None
    assert detail is not None
    assert (seen.stage_counts["running"], len(detail.preview)) == (3, 3)
    assert all(line.last_day_on == day("2012-03-01") for line in detail.preview)


def test_the_office_cannot_touch_a_line_of_a_batch(people: People, as_role: Callable[..., object]) -> None:
    from django.db import ProgrammingError

    notified_lines(1)
    drawn()

    with pytest.raises(ProgrammingError, match="permission denied"), as_role("backoffice"):
        run("UPDATE campaign_batchline SET outcome = 'done'")


WORKS_ON = {
    "the bar was given up": "UPDATE provisioning_command SET state = 'failed' WHERE line_id = %s",
    "it was taken and never proved": "UPDATE provisioning_command SET state = 'sent' WHERE line_id = %s",
    "the element is away": "UPDATE provisioning_command SET attempts = 3 WHERE line_id = %s",
    "the bar is held back": "UPDATE provisioning_command SET next_try_at = '9999-01-01' WHERE line_id = %s",
    "its floor was broken": "INSERT INTO provisioning_command (line_id, kind, reason, requested_at)"
    " VALUES (%s, 'restore', 'floor_missing', '2012-03-02')",
}


@pytest.mark.parametrize("why", WORKS_ON)
def test_a_line_that_the_network_has_not_barred_does_not_come_to_its_end(why: str, people: People) -> None:
    barred, works = notified_lines(2)
    night(DUE, people)
    run(WORKS_ON[why], [works])

    (_, ending) = batch_planning.check_day(console_authority(), due_on=END_DUE, on=END_DUE)
    night(END_DUE, people)

    assert (ending.count, ending.excluded) == (1, {"unbarred": 1})
    assert (state(barred), state(works)) == ("terminated", "suspended")


@pytest.mark.parametrize("why", WORKS_ON)
def test_a_batch_prepared_before_finds_what_the_network_has_not_barred(why: str, people: People) -> None:
    barred, works = notified_lines(2)
    night(DUE, people)
    batch_id = drawn(END_DUE)
    approve(batch_id, people, END_DUE)
    run(WORKS_ON[why], [works])

    ran = carry_out(batch_id, END_DUE)

    assert (ran.done, ran.skipped, queries.batch(batch_id).reasons) == (1, 1, {"unbarred": 1})
    assert (state(barred), state(works)) == ("terminated", "suspended")


@pytest.mark.parametrize(("named", "terminated"), [(None, 1), ("http://127.0.0.1:9/bar", 0)])
def test_a_bar_that_nobody_ever_tried_holds_an_end_back_where_there_is_a_network(
    named: str | None, terminated: int, people: People
) -> None:
    notified_lines(1)
    write_settings(provisioning={"webhook": {"url": named}})
    try:
        night(DUE, people)
        (drawn_before,) = night(END_DUE, people) or [None]
    finally:
        write_settings(provisioning={"webhook": {"url": None}})

    assert (0 if drawn_before is None else drawn_before.done) == terminated


def test_days_on_which_a_suspended_line_still_worked_do_not_count(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    element = Element()
    element.answer = lambda _: Answer.RETRY
    push_due(worker_authority(), on=DUE, gateway=element)
    element.answer = None

    assert barred(element, day("2012-03-22")) == 1
    nights("2012-03-23", "2012-04-30", people)

    (told,) = rows(
        "SELECT body::jsonb -> 'facts' ->> 'by' AS by FROM ledger_entry WHERE verb = 'line:line:terminated'"
    )
    assert told.by == "campaign"
    counted = count_quarter(quarters_of(2012)[1])["campaigns"]
    assert (counted["ended"], counted["ended_by_subscriber"]) == (1, 0)
    # Thirty days from the 23rd on; the last of them is a Saturday, so that the desks are open once more on Monday.
    assert rows("SELECT terminated_on FROM lines_line WHERE line_id = %s", [line_id])[0].terminated_on == day(
        "2012-04-24"
    )


def test_a_line_is_in_one_unfinished_batch_only(people: People) -> None:
    notified_lines(2)
    drawn()

    again = batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE)

    assert [due.count for due in again] == [0, 0]


def test_a_stopped_batch_frees_its_lines(people: People) -> None:
    notified_lines(2)
    batch_control.stop_batch(console_authority(), drawn(), on=DUE)

    again = batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE)

    assert [due.count for due in again] == [2, 0]


PASSED_OVER = {
    "registered": lambda line_id: register(line_id, DUE),
    "over": lambda line_id: change_line(line_id, state="terminated", terminated_on=DUE),
    "disputed": lambda line_id: mark_disputed(console_authority(), line_id, DUE),
    "essential": lambda line_id: mark_essential(console_authority(), line_id, essential=True, on=DUE),
    "changed": lambda line_id: run(
        "UPDATE lines_line SET version = version + 1 WHERE line_id = %s", [line_id]
    ),
    "not_due": lambda line_id: pause_clock(console_authority(), line_id, DUE, DUE, PauseReason.ABROAD, DUE),
}


def promise(line_id: LineId) -> None:
    """Promise the subscriber of a line the day on which it was to be suspended."""
    run("UPDATE campaign_member SET promised_on = %s WHERE line_id = %s", [DUE, line_id])


@pytest.mark.parametrize(("because", "change"), [*PASSED_OVER.items(), ("not_due", promise)])
def test_a_line_that_changed_after_the_decision_is_passed_over(
    because: str, change: Callable[[LineId], object], people: People
) -> None:
    changed, same = notified_lines(2)
    batch_id = drawn()
    approve(batch_id, people)
    change(changed)

    ran = carry_out(batch_id)

    assert (ran.done, ran.skipped) == (1, 1)
    assert state(same) == "suspended"
    assert state(changed) != "suspended"
    assert queries.batch(batch_id).reasons == {because: 1}


@pytest.mark.parametrize("flag", ["is_disputed", "is_essential"])
def test_a_disputed_or_essential_line_is_held_back_from_batches(flag: str, people: People) -> None:
    notified_lines(1, **{flag: True})

    found = batch_planning.check_day(console_authority(), due_on=DUE, on=DUE)

    assert (found[0].count, found[0].excluded) == (0, {flag.removeprefix("is_"): 1})


def test_a_suspension_leaves_everything_that_it_needs_behind(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)

    (suspension,) = rows("SELECT * FROM lines_suspension WHERE line_id = %s", [line_id])
    (command,) = rows("SELECT * FROM provisioning_command WHERE line_id = %s", [line_id])
    (notice,) = rows("SELECT * FROM notices_notice WHERE line_id = %s AND kind = 'suspended'", [line_id])
    entries = rows(
        "SELECT body::jsonb AS body FROM ledger_entry WHERE line_id = %s AND verb = 'line:line:suspended'",
        [line_id],
    )
    assert (suspension.reason, suspension.begun_on, suspension.restored_on) == ("registration", DUE, None)
    assert (command.kind, command.allows_emergency, command.allows_care, command.allows_registration) == (
        "bar",
        True,
        True,
        True,
    )
    assert notice.promised_on == day("2012-04-01")
    assert [entry.body["article"] for entry in entries] == ["3"]
    assert entries[0].body["facts"] == {
        "anchor": "2012-01-01",
        "batch": str(suspension.batch_id),
        "last_day": "2012-03-01",
    }


def test_an_ended_line_leaves_its_number_in_quarantine(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    night(END_DUE, people)

    (number,) = rows("SELECT quarantined_until FROM lines_number WHERE line_id = %s", [line_id])
    assert state(line_id) == "terminated"
    assert number.quarantined_until == END_DUE + dt.timedelta(days=90)


def test_another_reason_for_suspension_lives_beside_it(people: People) -> None:
    (line_id,) = notified_lines(1, state="suspended")
    mark_suspended(line_id, "unpaid", NOTIFIED)
    night(DUE, people)
    register(line_id, day("2012-03-05"))

    open_reasons = rows(
        "SELECT reason FROM lines_suspension WHERE line_id = %s AND restored_on IS NULL", [line_id]
    )
    assert [row.reason for row in open_reasons] == ["unpaid"]
    assert state(line_id) == "suspended"


def test_running_a_batch_twice_does_it_once(people: People) -> None:
    notified_lines(3)
    batch_id = drawn()
    approve(batch_id, people)
    carry_out(batch_id)

    with pytest.raises(BatchNotInState):
        carry_out(batch_id)
    assert len(rows("SELECT line_id FROM lines_suspension")) == 3


def test_the_first_share_goes_alone_and_the_rest_waits(
    people: People, batch_limits: Callable[..., None]
) -> None:
    batch_limits(pilot_share=0.1, pilot_hours=4)
    notified_lines(10)
    batch_id = drawn()
    approve(batch_id, people)

    first, second = carry_out(batch_id), carry_out(batch_id)

    assert (first.done, second.done) == (1, 0)
    assert first.until is not None
    make_older(Batch, dt.timedelta(hours=4), "pilot_done_at")
    assert carry_out(batch_id).done == 9


def test_no_more_lines_are_cut_in_an_hour_than_the_cap_allows(
    people: People, batch_limits: Callable[..., None]
) -> None:
    batch_limits(max_lines_per_hour=4)
    notified_lines(10)
    batch_id = drawn()
    approve(batch_id, people)

    assert carry_out(batch_id).done == 4
    assert carry_out(batch_id).done == 0
    let_an_hour_pass()
    assert carry_out(batch_id).done == 4


@pytest.mark.parametrize(("complaints", "stops"), [(1, False), (2, True), (3, True)])
def test_complaints_stop_a_batch_by_themselves(
    complaints: int, *, stops: bool, people: People, batch_limits: Callable[..., None]
) -> None:
    batch_limits(max_lines_per_hour=10, abort_at_complaints=0.2)
    notified_lines(20)
    batch_id = drawn()
    approve(batch_id, people)
    carry_out(batch_id)
    for row in rows("SELECT line_id FROM lines_suspension LIMIT %s", [complaints]):
        assert batch_control.record_complaint(employ(StaffRole.CLERK), row.line_id, on=DUE) == batch_id
    let_an_hour_pass()

    ran = carry_out(batch_id)

    assert (ran.state == "stopped") is stops
    assert ran.done == (0 if stops else 10)


GONE_WRONG = {
    "a failed command": "UPDATE provisioning_command SET state = 'failed'",
    "a bar without its floor": "UPDATE provisioning_command SET read_back = 'floor_missing'",
}


@pytest.mark.parametrize("what", GONE_WRONG)
def test_what_goes_wrong_in_the_network_stops_a_batch(
    what: str, people: People, batch_limits: Callable[..., None]
) -> None:
    batch_limits(max_lines_per_hour=5, abort_at_failed_read_backs=0.2)
    notified_lines(10)
    batch_id = drawn()
    approve(batch_id, people)
    carry_out(batch_id)
    run(GONE_WRONG[what] + " WHERE line_id = (SELECT line_id FROM lines_suspension LIMIT 1)")  # noqa: S608
    let_an_hour_pass()

    assert carry_out(batch_id).state == "stopped"


def cut_and_unheard(count: int, people: People) -> tuple[BatchId, Element]:
    """Have so many lines cut, as far as the brakes go, by a batch of which the network has not heard."""
    notified_lines(count)
    batch_id = drawn()
    approve(batch_id, people)
    carry_out(batch_id)
    return batch_id, Element()


@pytest.mark.parametrize(
    ("says", "tries", "stops"),
    [
        (ReadBack.OPEN, 3, True),
        (ReadBack.OPEN, 2, False),
        (ReadBack.PARTLY, 3, True),
        (ReadBack.UNKNOWN, 3, False),
    ],
)
def test_a_network_that_takes_orders_and_does_nothing_stops_a_batch(
    says: ReadBack, tries: int, people: People, batch_limits: Callable[..., None], *, stops: bool
) -> None:
    batch_limits(max_lines_per_hour=5, abort_at_failed_read_backs=0.2)
    batch_id, element = cut_and_unheard(10, people)
    lying = {row.line_id for row in rows("SELECT line_id FROM lines_suspension LIMIT 2")}
    element.says = lambda line: says if line in lying else ReadBack.BARRED
    for _ in range(tries):
        push_due(worker_authority(), on=DUE, gateway=element)
        retry_commands(state="sent")
    let_an_hour_pass()

    assert (carry_out(batch_id).state == "stopped") is stops


def barred(element: Element, on: dt.date) -> int:
    clock.set_demo_date(on)
    push_due(worker_authority(), on=on, gateway=element)
    return sum(one is ReadBack.BARRED for one in element.states.values())


@pytest.mark.parametrize("last", [day("2012-03-06"), None])
def test_a_stay_reaches_what_the_network_has_not_heard_yet(last: dt.date | None, people: People) -> None:
    _, element = cut_and_unheard(3, people)
    push_due(worker_authority(), on=DUE, gateway=element, limit=1)

    stay_id = court_stays.enter_stay(console_authority(), first=DUE, last=last, reason="court", on=DUE)
    at_once, on_its_last_day = barred(element, DUE), barred(element, day("2012-03-06"))
    if last is None:
        for one in people:
            court_stays.end_stay(one, stay_id=stay_id, on=day("2012-03-06"))
    afterwards = barred(element, day("2012-03-07"))

    assert (at_once, on_its_last_day) == (1, 1)
    assert afterwards == 3


def complain_and_run(batch_id: BatchId) -> None:
    (cut,) = rows("SELECT line_id FROM lines_suspension LIMIT 1")
    batch_control.record_complaint(console_authority(), cut.line_id, on=DUE)
    let_an_hour_pass()
    assert carry_out(batch_id).state == "stopped"


@pytest.mark.parametrize(
    ("stop", "days"),
    [
        pytest.param(
            lambda batch_id: batch_control.stop_batch(console_authority(), batch_id, on=DUE),
            1,
            id="by a person",
        ),
        pytest.param(complain_and_run, 1, id="by itself"),
        pytest.param(
            lambda batch_id: batch_control.request_undo(console_authority(), batch_id, on=DUE),
            7,
            id="undo asked for",
        ),
    ],
)
def test_who_stops_a_batch_stops_for_some_days_what_the_network_has_not_taken(
    stop: Callable[[BatchId], object], days: int, people: People, batch_limits: Callable[..., None]
) -> None:
    batch_limits(max_lines_per_hour=3, abort_at_complaints=0.1)
    batch_id, element = cut_and_unheard(4, people)
    push_due(worker_authority(), on=DUE, gateway=element, limit=1)
    element.answer = lambda _: Answer.RETRY
    push_due(worker_authority(), on=DUE, gateway=element)
    element.answer = None

    stop(batch_id)
    retry_commands(attempts__gt=0)
    at_once = barred(element, DUE)
    court_stays.enter_stay(console_authority(), first=day("2012-06-01"), last=None, reason="court", on=DUE)
    beside_a_stay_to_come = barred(element, DUE)
    last, after = (barred(element, DUE + dt.timedelta(days=more)) for more in (days - 1, days + 3))

    assert (at_once, beside_a_stay_to_come, last, after) == (1, 1, 1, 3)


def test_a_stay_reaches_what_is_being_tried_in_that_moment_and_is_not_taken(people: People) -> None:
    _, element = cut_and_unheard(2, people)

    def speak(_: object) -> Answer:
        if not rows("SELECT FROM campaign_stay"):
            court_stays.enter_stay(console_authority(), first=DUE, last=None, reason="court", on=DUE)
        return Answer.RETRY

    element.answer = speak
    push_due(worker_authority(), on=DUE, gateway=element)
    element.answer = None

    assert barred(element, day("2012-03-08")) == 0


def test_a_batch_that_is_stopped_under_a_stay_has_its_day_behind_the_stay(
    people: People, batch_limits: Callable[..., None]
) -> None:
    batch_limits(max_lines_per_hour=3)
    batch_id, element = cut_and_unheard(4, people)
    court_stays.enter_stay(console_authority(), first=DUE, last=day("2012-03-06"), reason="court", on=DUE)

    batch_control.stop_batch(console_authority(), batch_id, on=DUE)

    assert barred(element, day("2012-03-07")) == 0
    assert barred(element, day("2012-03-09")) == 3


def test_a_stay_that_begins_later_holds_on_its_days_what_was_asked_for_before(people: People) -> None:
    _, element = cut_and_unheard(3, people)
    court_stays.enter_stay(
        console_authority(), first=day("2012-03-05"), last=day("2012-03-06"), reason="court", on=DUE
    )

    on_the_days = [barred(element, day(f"2012-03-0{number}")) for number in (5, 6, 7)]

    assert on_the_days == [0, 0, 3]


def test_a_stay_that_is_entered_while_a_chunk_is_being_claimed_holds_that_chunk(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, element = cut_and_unheard(3, people)
    monkeypatch.setattr(
        pushing,
        "serialize_on",
        lambda _: court_stays.enter_stay(
            console_authority(), first=day("2012-03-05"), last=None, reason="court", on=DUE
        ),
    )

    assert barred(element, day("2012-03-05")) == 0


def test_the_end_of_an_temporary_reconnection_waits_for_the_end_of_a_stay(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    element = Element()
    push_due(worker_authority(), on=DUE, gateway=element)
    asked_on, ends_on = day("2012-03-06"), day("2012-03-07")
    clock.set_demo_date(asked_on)
    reconnect_temporarily(console_authority(), line_id, on=asked_on)
    push_due(worker_authority(), on=asked_on, gateway=element)
    court_stays.enter_stay(console_authority(), first=asked_on, last=ends_on, reason="court", on=asked_on)

    assert (barred(element, ends_on), barred(element, day("2012-03-08"))) == (0, 1)


def test_a_batch_that_runs_past_midnight_obeys_the_day_that_it_is_then(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notified_lines(3)
    batch_id = drawn()
    approve(batch_id, people)
    monkeypatch.setattr(batch_execution, "CHUNK", 1)
    clock.set_demo_date(DUE)

    ran = batch_execution.run_batch(
        console_authority(), batch_id, on=DUE, moved=lambda _: clock.set_demo_date(day("2012-03-03"))
    )

    assert (ran.done, ran.state) == (1, "running")
    assert "2012-03-03" in str(ran.why)


def test_a_command_that_waited_over_a_weekend_bars_nobody_before_shops_open(
    people: People,
) -> None:
    _, element = cut_and_unheard(2, people)

    on_the_days = [barred(element, DUE + dt.timedelta(days=more)) for more in (1, 2, 3)]

    assert on_the_days == [0, 0, 2]  # Saturday, Sunday, Monday


def test_undos_that_were_asked_for_go_the_latest_first(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    night(END_DUE, people)
    for row in rows("SELECT batch_id FROM campaign_batch ORDER BY prepared_at"):
        batch_control.request_undo(console_authority(), row.batch_id, on=END_DUE)

    for batch_id in batch_rollback.requested_undos():
        batch_rollback.undo_batch(console_authority(), batch_id, on=END_DUE)

    assert state(line_id) == "active"


def test_undoing_termination_and_suspension_together_leaves_nobody_barred(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    night(END_DUE, people)
    suspending, ending = rows("SELECT batch_id FROM campaign_batch ORDER BY prepared_at")

    def undo_the_end(_: int) -> None:
        if state(line_id) == "terminated":
            batch_rollback.undo_batch(console_authority(), ending.batch_id, on=END_DUE)

    undone = batch_rollback.undo_batch(
        console_authority(), suspending.batch_id, on=END_DUE, moved=undo_the_end
    )

    assert (state(line_id), undone.undone, undone.left_alone) == ("active", 1, 0)


def test_a_preview_of_terminated_lines_reads_the_periods_of_the_law_once(people: People) -> None:
    notified_lines(3)
    night(DUE, people)
    night(END_DUE, people)
    (ended,) = queries.batches(due_on=END_DUE)

    with CaptureQueriesContext(connection) as asked:
        preview = queries.batch(ended.batch_id).preview

    assert [state(one.line_id) for one in preview] == ["terminated"] * 3
    assert sum("lawbook_period" in one["sql"] for one in asked.captured_queries) == 1


def test_the_batches_of_a_day_are_read_alone(people: People) -> None:
    notified_lines(1)
    night(DUE, people)
    night(END_DUE, people)

    found = [queries.batches(due_on=on) for on in (DUE, END_DUE, END_DUE + dt.timedelta(days=1))]

    assert [[one.action for one in batches] for batches in found] == [["suspend"], ["terminate"], []]
    assert len(queries.batches()) == 2


def test_no_batch_ends_a_line_whose_suspension_is_about_to_be_undone(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    (suspending,) = rows("SELECT batch_id FROM campaign_batch")
    ending = drawn(END_DUE)
    approve(ending, people, END_DUE)
    batch_control.request_undo(console_authority(), suspending.batch_id, on=END_DUE)

    ran = carry_out(ending, END_DUE)

    assert (ran.done, queries.batch(ending).reasons, state(line_id)) == (0, {"changing": 1}, "suspended")


def test_an_end_that_is_undone_after_the_suspension_was_has_that_undone_again(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    night(END_DUE, people)
    suspending, ending = rows("SELECT batch_id FROM campaign_batch ORDER BY prepared_at")
    batch_rollback.undo_batch(console_authority(), suspending.batch_id, on=END_DUE)
    batch_rollback.undo_batch(console_authority(), ending.batch_id, on=END_DUE)

    assert batch_rollback.requested_undos() == [suspending.batch_id]
    batch_rollback.undo_batch(console_authority(), suspending.batch_id, on=END_DUE)

    assert (state(line_id), batch_rollback.requested_undos()) == ("active", [])


def test_an_undo_that_breaks_off_cuts_off_nobody_who_is_still_to_be_restored(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, element = cut_and_unheard(3, people)

    begin_to_undo(batch_id, monkeypatch, chunk=1)

    assert barred(element, DUE) == barred(element, day("2012-03-05")) == 0


def test_an_undo_that_broke_off_is_finished_by_the_next_one(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, _ = cut_and_unheard(6, people)
    begin_to_undo(batch_id, monkeypatch, chunk=2)
    registered = "SELECT line_id FROM campaign_batchline WHERE outcome = 'done' ORDER BY position LIMIT 1"
    (one,) = rows(registered)
    mark_registered([one.line_id], on=DUE)

    undone = batch_rollback.undo_batch(console_authority(), batch_id, on=DUE)

    assert (undone.undone, undone.left_alone) == (3, 1)
    counts = rows("SELECT outcome, count(*) AS lines FROM campaign_batchline GROUP BY 1")
    assert {row.outcome: row.lines for row in counts} == {"undone": 5, "done": 1}
    assert rows("SELECT FROM lines_line WHERE state = 'suspended'") == []


def test_a_reinstated_line_has_emergency_calls_though_the_undo_broke_off(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    notified_lines(3)
    element = Element()
    night(DUE, people)
    night(END_DUE, people)
    (ending,) = rows("SELECT batch_id FROM campaign_batch WHERE action = 'terminate'")
    assert barred(element, END_DUE) == 0
    begin_to_undo(ending.batch_id, monkeypatch, chunk=1, on=END_DUE)

    batch_rollback.undo_batch(console_authority(), ending.batch_id, on=END_DUE)

    assert barred(element, END_DUE) == 3


def test_a_line_that_was_ended_and_taken_back_is_held_like_any_other(people: People) -> None:
    (line_id,) = notified_lines(1)
    element = Element()
    night(DUE, people)
    night(END_DUE, people)
    (ending,) = rows("SELECT batch_id FROM campaign_batch WHERE action = 'terminate'")
    push_due(worker_authority(), on=END_DUE, gateway=element)
    batch_rollback.undo_batch(console_authority(), ending.batch_id, on=END_DUE)
    push_due(worker_authority(), on=END_DUE, gateway=element)
    assert element.states[line_id] is ReadBack.BARRED
    later = day("2012-05-31")
    night(later, people)

    court_stays.enter_stay(console_authority(), first=later, last=None, reason="court", on=later)
    clock.set_demo_date(later)
    push_due(worker_authority(), on=later, gateway=element)

    assert element.states[line_id] is ReadBack.BARRED


def _break_off(_: int) -> None:
    raise KeyboardInterrupt


def begin_to_undo(
    batch_id: BatchId, monkeypatch: pytest.MonkeyPatch, *, chunk: int, on: dt.date = DUE
) -> None:
    """Undo one chunk of a batch and be killed."""
    monkeypatch.setattr(batch_rollback, "CHUNK", chunk)
    with pytest.raises(KeyboardInterrupt):
        batch_rollback.undo_batch(console_authority(), batch_id, on=on, moved=_break_off)


def test_a_changed_pack_stops_everything_until_it_is_planned_again(people: People) -> None:
    notified_lines(1)
    batch_id = drawn()
    approve(batch_id, people)
    run("UPDATE campaign_campaign SET pack_hash = 'another'")

    for attempt in (lambda: carry_out(batch_id), lambda: nightly.run_nightly(worker_authority(), on=DUE)):
        with pytest.raises(PackChanged):
            attempt()
    adopt_pack("cn-xz-2011", on=DUE)
    plan(DUE)
    assert carry_out(batch_id).done == 1


def test_a_batch_of_the_pack_before_stops_itself_and_keeps_no_other_from_running(people: People) -> None:
    notified_lines(2)
    old = drawn()
    approve(old, people)
    run("UPDATE campaign_batch SET pack_hash = 'another'")

    ran = carry_out(old)

    assert (ran.state, ran.done) == ("stopped", 0)
    assert "another version of the pack" in str(ran.why)
    fresh = drawn()
    approve(fresh, people)
    assert batch_execution.batches_to_run(on=DUE) == [fresh]
    assert carry_out(fresh).done == 2


def test_without_a_campaign_there_is_nothing_to_check(people: People) -> None:
    with refusing(NO_CAMPAIGN):
        batch_planning.check_day(console_authority(), due_on=DUE, on=DUE)


def test_a_stay_keeps_everybody_in_service_and_two_people_lift_it(people: People) -> None:
    (line_id,) = notified_lines(1)
    batch_id = drawn()
    approve(batch_id, people)
    stay_id = court_stays.enter_stay(console_authority(), first=DUE, last=None, reason="court", on=DUE)

    assert carry_out(batch_id).done == 0
    assert not court_stays.end_stay(people[1], stay_id=stay_id, on=DUE - dt.timedelta(days=1))
    assert not court_stays.end_stay(people[0], stay_id=stay_id, on=DUE)  # the other's yes was for another day
    with refusing(ALREADY_APPROVED):
        court_stays.end_stay(people[0], stay_id=stay_id, on=DUE)
    assert court_stays.end_stay(people[1], stay_id=stay_id, on=DUE)
    said = rows("SELECT count(*) AS yes FROM ledger_entry WHERE verb = 'campaign:stay:end_approved'")
    assert said[0].yes == 3
    assert carry_out(batch_id, DUE).done == 0
    assert carry_out(batch_id, day("2012-03-05")).done == 1
    assert state(line_id) == "suspended"


def test_stages_follow_one_another_after_an_outage(people: People) -> None:
    (line_id,) = notified_lines(1)

    first = night(day("2012-07-02"), people)
    second = night(day("2012-07-03"), people)

    assert [one.action for one in first] == ["suspend"]
    assert second == []
    assert member(line_id).anchor_on == day("2012-07-02")


def test_a_paused_line_that_is_resumed_early_is_found_again(people: People) -> None:
    from rollkeeper.lines.services import resume_clock

    (line_id,) = notified_lines(1)
    pause_clock(console_authority(), line_id, day("2012-03-01"), None, PauseReason.ABROAD, day("2012-03-01"))
    nights("2012-03-01", "2012-03-20", people)
    assert state(line_id) == "active"

    resume_clock(console_authority(), line_id, day("2012-03-20"), PauseReason.ABROAD, day("2012-03-20"))
    nights("2012-03-21", "2012-03-23", people)

    assert rows("SELECT begun_on FROM lines_suspension")[0].begun_on == day("2012-03-22")


def test_counts_of_stages_are_those_of_the_lines(people: People) -> None:
    line_ids = notified_lines(6)
    make_line()
    plan(DUE)
    register(line_ids[0], DUE)
    night(DUE, people)
    register(line_ids[1], day("2012-03-05"))
    night(day("2012-03-05"), people)

    seen = queries.overview(day("2012-03-05"))

    counted = {r.stage: r.n for r in rows("SELECT stage, count(*) AS n FROM campaign_member GROUP BY stage")}
    assert seen is not None
    assert (
        {stage: n for stage, n in seen.stage_counts.items() if n}
        == counted
        == {"not_notified": 1, "out_of_scope": 2, "suspended": 4}
    )
    assert seen.series[-1][1] == counted
    assert seen.reached_by_channel == {"sms": 6}
    assert sum(d.count for d in queries.overview(END_DUE).due_soon) == 4


def test_the_unreachable_are_listed_by_reference(people: People) -> None:
    line_id = make_line(region="Lhasa")
    plan(NOTIFIED)

    (found,) = queries.unreachable()

    assert (found.line_id, found.region, found.notice_state) == (line_id, "Lhasa", "queued")
    assert queries.unreachable(after=line_id) == []


def test_an_explanation_looks_ahead(people: People) -> None:
    (line_id,) = notified_lines(1)

    found = queries.explain_line(line_id, on=DUE)

    assert found is not None
    assert any("2 March 2012" in s.text and s.article == "3" for s in found.sentences)


def before_and_after_undo(line_id: LineId) -> tuple[object, ...]:
    (line,) = rows(
        "SELECT state, terminated_on, terminated_by, is_registered FROM lines_line WHERE line_id = %s",
        [line_id],
    )
    (number,) = rows("SELECT quarantined_until FROM lines_number WHERE line_id = %s", [line_id])
    m = member(line_id)
    return (*line, number.quarantined_until, m.stage, m.anchor_on, m.promised_on)


@pytest.mark.parametrize("action", Action)
def test_undo_restores_the_former_state_and_tells_each_of_another_open_day(
    action: Action, people: People
) -> None:
    line_ids = notified_lines(3)
    if action is Action.TERMINATE:
        night(DUE, people)
    on = DUE if action is Action.SUSPEND else END_DUE
    nightly.run_nightly(worker_authority(), on=on)
    before = [before_and_after_undo(line_id) for line_id in line_ids]
    (batch_id,) = approved_batches(on, people)
    carry_out(batch_id, on)
    assert [before_and_after_undo(line_id) for line_id in line_ids] != before

    undone = batch_rollback.undo_batch(people[1], batch_id, on=on)

    assert (undone.undone, undone.left_alone) == (3, 0)
    after = [before_and_after_undo(line_id) for line_id in line_ids]
    # The 2nd of March 2012 is a Friday, the 5th of April a Thursday: the next day on which the desks are open.
    notified_of = day("2012-03-05") if action is Action.SUSPEND else day("2012-04-06")
    assert [one[:-1] for one in after] == [one[:-1] for one in before]
    assert {one[-1] for one in after} == {notified_of}
    kind = "reminder" if action is Action.SUSPEND else "suspended"
    owed = rows(
        "SELECT promised_on FROM notices_notice WHERE kind = %s AND state = 'queued' AND queued_on = %s",
        [kind, on],
    )
    assert [one.promised_on for one in owed] == [notified_of] * 3
    last = rows(
        "SELECT DISTINCT ON (line_id) line_id, kind FROM provisioning_command ORDER BY line_id, position DESC"
    )
    assert {row.kind for row in last} == {"restore" if action is Action.SUSPEND else "bar"}


def test_undo_gives_the_days_back(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    (batch,) = queries.batches()
    clock.set_demo_date(day("2012-03-07"))
    batch_rollback.undo_batch(people[1], batch.batch_id, on=day("2012-03-07"))

    # Notified on Wednesday of Thursday: no restored line is suspended again before its subscriber could come.
    assert night(day("2012-03-07"), people) == night(day("2012-03-08"), people) == []
    assert [one.done for one in night(day("2012-03-09"), people)] == [1]
    assert rows("SELECT days FROM lines_pause WHERE line_id = %s", [line_id])[0].days.lower == DUE


def test_undo_leaves_a_line_registered_since_alone(people: People) -> None:
    registered, silent = notified_lines(2)
    night(DUE, people)
    register(registered, DUE)
    (batch,) = queries.batches()

    undone = batch_rollback.undo_batch(people[1], batch.batch_id, on=DUE)

    assert (undone.undone, undone.left_alone) == (1, 1)
    assert rows("SELECT is_registered FROM lines_line WHERE line_id = %s", [registered])[0].is_registered
    assert (state(registered), state(silent)) == ("active", "active")


@pytest.mark.parametrize(
    ("others", "barred_for"),
    [
        ({"unpaid"}, "unpaid"),
        ({"lost_or_stolen"}, "lost_or_stolen"),
        ({"lost_or_stolen", "unpaid"}, "lost_or_stolen"),
    ],
)
def test_undo_lifts_only_its_own_reason(others: set[str], barred_for: str, people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    for reason in others:
        suspend_line(line_id, reason=SuspensionReason(reason), on=DUE)
    (batch,) = queries.batches()

    batch_rollback.undo_batch(people[1], batch.batch_id, on=DUE)

    assert state(line_id) == "suspended"
    open_reasons = rows(
        "SELECT reason FROM lines_suspension WHERE line_id = %s AND restored_on IS NULL", [line_id]
    )
    assert {row.reason for row in open_reasons} == others
    (_, newest) = rows(
        "SELECT kind, reason FROM provisioning_command WHERE line_id = %s ORDER BY position", [line_id]
    )
    assert tuple(newest) == ("bar", barred_for)


def test_an_ended_line_does_not_come_back_once_its_number_is_anothers(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    night(END_DUE, people)
    other = make_line(is_registered=True)
    run("DELETE FROM lines_number WHERE line_id = %s", [other])
    run("UPDATE lines_number SET line_id = %s, quarantined_until = NULL WHERE line_id = %s", [other, line_id])
    batch = next(one for one in queries.batches() if one.action == "terminate")

    undone = batch_rollback.undo_batch(people[1], batch.batch_id, on=END_DUE)

    assert (undone.undone, undone.left_alone) == (0, 1)
    assert state(line_id) == "terminated"


def test_the_office_asks_for_an_undo_and_the_next_run_does_it(
    people: People, as_role: Callable[..., object]
) -> None:
    (line_id,) = notified_lines(1)
    night(DUE, people)
    (batch,) = queries.batches()

    with as_role("backoffice"):
        batch_control.request_undo(people[0], batch.batch_id, on=DUE)

    assert batch_rollback.requested_undos() == [batch.batch_id]
    batch_rollback.undo_batch(worker_authority(), batch.batch_id, on=DUE)
    assert (state(line_id), batch_rollback.requested_undos()) == ("active", [])


def test_everything_runs_with_the_rights_of_the_worker(
    people: People, as_role: Callable[..., object]
) -> None:
    line_id = make_line()

    with as_role("console"):
        plan(day("2011-12-19"))
    tell(line_id, NOTIFIED)
    for on in (NOTIFIED, DUE, END_DUE):
        clock.set_demo_date(on)
        run("DISCARD TEMP")
        with as_role("worker"):
            nightly.run_nightly(worker_authority(), on=on)
        run("DISCARD TEMP")  # another role has another session, without what this one counted
        with as_role("console"):  # prepared and approved by people
            approved_batches(on, people)
        run("DISCARD TEMP")
        with as_role("worker"):
            for batch_id in batch_execution.batches_to_run(on=on):
                batch_execution.run_batch(worker_authority(), batch_id, on=on)
    run("DISCARD TEMP")
    with as_role("worker"):
        batch = next(one for one in queries.batches() if one.action == "terminate")
        batch_rollback.undo_batch(worker_authority(), batch.batch_id, on=END_DUE)

    assert state(line_id) == "suspended"


def test_who_registers_before_any_notice_leaves_in_the_night(people: People) -> None:
    line_id = make_line()
    plan(day("2011-12-12"))
    night(day("2011-12-12"), people)

    register(line_id, day("2011-12-13"))
    night(day("2011-12-13"), people)

    assert (member(line_id).stage, member(line_id).out_of_scope_reason) == ("out_of_scope", "registered")
