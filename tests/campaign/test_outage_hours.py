# SPDX-License-Identifier: EUPL-1.2
"""Every hour off has a cause on record; what an undone batch took is given back; emergency calls stop a batch."""

import csv
import datetime as dt
import json
import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import batch_control, batch_execution, batch_rollback, nightly, outage_hours
from rollkeeper.campaign.errors import BILLING_FILE_EXISTS
from rollkeeper.campaign.rules import BatchLimits, Go, Progress, Stop, next_step
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.lines.reconnection import reconnect_temporarily
from rollkeeper.provisioning.choices import CommandKind
from rollkeeper.provisioning.services import push_due, queue_command
from tests.campaign.outages import Outage, list_outages
from tests.campaign.population import approved_batches, day, night, register, state
from tests.campaign.test_batches import DUE as CUT
from tests.campaign.test_batches import END_DUE, notified_lines
from tests.provisioning.fakes import Element
from tests.refusals import refusing

type People = tuple[Authority, Authority]

ME = console_authority()
SPRING = {"first": day("2012-03-01"), "last": day("2012-06-30")}


def on(when: dt.date | str) -> dt.date:
    chosen = day(when) if isinstance(when, str) else when
    clock.set_demo_date(chosen)
    return chosen


def stretches(line_id: LineId) -> list[Outage]:
    return [one for one in list_outages(**SPRING) if one.line_id == line_id]


def days_of(one: Outage) -> float:
    return round((one.off_until - one.off_from) / dt.timedelta(days=1), 2)


def undo(action: str, when: str) -> None:
    (batch,) = rows("SELECT batch_id FROM campaign_batch WHERE action = %s", [action])
    batch_rollback.undo_batch(ME, BatchId(batch.batch_id), on=on(when))


def come_back(line_id: LineId, when: str) -> None:
    """Register, and have the network notified, as a registration does."""
    register(line_id, on(when))
    queue_command(line_id, kind=CommandKind.RESTORE, reason="registration", at=clock.now())


def test_the_hours_that_an_undone_batch_took_are_given_back(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)

    undo("suspend", "2012-03-09")

    push_due(worker_authority(), on=day("2012-03-09"), gateway=Element())
    (one,) = stretches(line_id)
    assert (one.cause, one.credited, days_of(one)) == ("registration", True, 7.0)


def test_a_subscriber_registered_before_the_undo_gets_the_hours_back_too(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    come_back(line_id, "2012-03-05")
    push_due(worker_authority(), on=day("2012-03-05"), gateway=Element())

    undo("suspend", "2012-03-09")

    (one,) = stretches(line_id)
    assert (one.cause, one.credited, days_of(one)) == ("registration", True, 3.0)


def test_the_hours_of_who_registers_late_are_on_record_and_not_given_back(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)

    come_back(line_id, "2012-03-12")

    push_due(worker_authority(), on=day("2012-03-12"), gateway=Element())
    (one,) = stretches(line_id)
    assert (one.cause, one.credited, days_of(one)) == ("registration", False, 10.0)


def test_a_line_is_off_until_the_network_proves_that_it_is_not(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    come_back(line_id, "2012-03-12")

    on("2012-03-15")

    assert [days_of(one) for one in stretches(line_id)] == [13.0]
    push_due(worker_authority(), on=day("2012-03-15"), gateway=Element())
    on("2012-03-20")
    assert [days_of(one) for one in stretches(line_id)] == [13.0]


def test_the_hours_of_a_lift_are_no_hours_off(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    reconnect_temporarily(ME, line_id, on=on("2012-03-06"))
    push_due(worker_authority(), on=day("2012-03-06"), gateway=Element())

    on("2012-03-12")

    assert [days_of(one) for one in stretches(line_id)] == [4.0, 5.0]


def test_a_lift_that_the_network_never_heard_of_gave_no_hours(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    reconnect_temporarily(ME, line_id, on=on("2012-03-06"))

    on("2012-03-12")

    assert [days_of(one) for one in stretches(line_id)] == [10.0]


def test_the_hours_between_a_wrong_end_and_its_undo_are_given_back(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    night(END_DUE, people)
    assert state(line_id) == "terminated"

    undo("terminate", "2012-04-09")

    causes = {one.cause: (one.credited, days_of(one)) for one in stretches(line_id)}
    assert causes["terminated"] == (True, 4.0)
    assert causes["registration"] == (False, 38.0)


def test_the_hours_of_a_wrong_termination_are_given_back_though_the_number_is_gone(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    night(END_DUE, people)
    run("UPDATE lines_number SET line_id = uuidv7(), quarantined_until = NULL WHERE line_id = %s", [line_id])

    undo("terminate", "2012-04-09")

    assert state(line_id) == "terminated"
    causes = {one.cause: (one.credited, days_of(one)) for one in stretches(line_id)}
    assert causes == {"registration": (False, 34.0), "terminated": (True, 4.0)}


def test_hours_cut_after_an_offline_registration_are_given_back(
    people: People,
) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    on(CUT + dt.timedelta(days=2))
    register(line_id, CUT - dt.timedelta(days=1))
    queue_command(line_id, kind=CommandKind.RESTORE, reason="registration", at=clock.now())
    push_due(worker_authority(), on=clock.today(), gateway=Element())

    (one,) = stretches(line_id)
    assert (one.cause, one.credited, days_of(one)) == ("registration", True, 2.0)


def test_a_line_whose_contract_is_over_is_not_off(people: People) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    night(END_DUE, people)

    on("2012-06-01")

    assert [(one.cause, days_of(one)) for one in stretches(line_id)] == [("registration", 34.0)]


def test_every_hour_that_the_network_barred_a_line_has_a_cause(people: People) -> None:
    """Play a spring with chance, push each night, and hold the network's own history against the derivation."""
    dice, element = random.Random(7), Element()  # noqa: S311
    lines = notified_lines(20)
    for ahead in range(38):  # until some days after the end of those that stay off
        today = on(CUT + dt.timedelta(days=ahead))
        night(today, people)
        for line_id in dice.sample(lines, 2):
            match dice.randrange(3):
                case 0 if state(line_id) == "suspended":
                    come_back(line_id, today.isoformat())
                case 1 if state(line_id) == "suspended" and not rows(
                    "SELECT FROM lines_reconnection WHERE line_id = %s", [line_id]
                ):
                    reconnect_temporarily(ME, line_id, on=today)
        push_due(worker_authority(), on=today, gateway=element)

    barred = rows(
        "SELECT b.line_id, b.read_back_at AS since, (SELECT min(r.read_back_at) FROM provisioning_command r"
        " WHERE r.line_id = b.line_id AND r.position > b.position AND r.kind <> 'bar' AND r.state = 'confirmed') AS until"
        " FROM provisioning_command b WHERE b.kind = 'bar' AND b.state = 'confirmed'"
    )
    known = list_outages(**SPRING)
    assert len(barred) > len(lines)
    for row in barred:
        until = row.until or clock.now()
        covered = sum(
            (
                max(dt.timedelta(), min(one.off_until, until) - max(one.off_from, row.since))
                for one in known
                if one.line_id == row.line_id
            ),
            dt.timedelta(),
        )
        assert until - row.since - covered < dt.timedelta(seconds=30), (row, covered)


def test_billing_gets_references_causes_and_what_is_frozen_and_nothing_else(
    people: People, tmp_path: Path
) -> None:
    (line_id,) = notified_lines(1)
    night(CUT, people)
    undo("suspend", "2012-03-09")
    file = tmp_path / "march.csv"

    done = outage_hours.export_outage_hours(ME, file, **SPRING, on=on("2012-03-10"))

    with file.open(encoding="utf-8", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert (row["line"], row["cause"], row["credit"]) == (str(line_id), "registration", "yes")
    assert (row["charges"], row["late_fee"], row["article"]) == ("frozen", "no", "as reported")
    assert set(row) == {
        "line", "cause", "batch", "off_from", "off_until", "hours", "charges", "late_fee", "credit", "article",
    }  # fmt: skip
    assert done.credited_hours == pytest.approx(float(row["hours"]), abs=0.01)
    assert file.stat().st_mode & 0o777 == 0o600
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'campaign:outage_hours:exported'")
    assert json.loads(entry.body)["facts"]["file"] == sha256(file.read_bytes()).hexdigest()


def test_a_file_that_is_there_is_not_written_over(people: People, tmp_path: Path) -> None:
    file = tmp_path / "march.csv"
    file.write_text("kept")

    with refusing(BILLING_FILE_EXISTS):
        outage_hours.export_outage_hours(ME, file, **SPRING, on=on("2012-03-10"))

    assert file.read_text() == "kept"


BRAKES = BatchLimits(0, 1.0, 1.0, 3.0)


def progress(**emergency: float) -> Progress:
    return Progress(100, 10, 10, 10, 1000, 10, dt.datetime(2012, 3, 1, tzinfo=dt.UTC), 0, 0, 0, **emergency)


@pytest.mark.parametrize(
    ("usual", "worst", "stops"),
    [(0.0, 0, False), (0.0, 1, True), (0.2, 1, True), (2.0, 5, False), (2.0, 6, True), (2.0, 7, True)],
)
def test_a_jump_of_emergency_anomalies_stops_a_batch(usual: float, worst: int, *, stops: bool) -> None:
    step = next_step(
        progress(emergency_usual=usual, emergency_worst=worst), batch_limits=BRAKES, now=clock.now(), chunk=10
    )

    assert isinstance(step, Stop if stops else Go)


def test_a_batch_under_way_stops_at_the_next_chunk_after_a_jump(
    people: People, batch_limits: Callable[..., None]
) -> None:
    lines = notified_lines(20)
    for hour in range(5):
        run("INSERT INTO campaign_emergencycount VALUES (%s, 1)", [clock.now() - dt.timedelta(hours=hour)])
    batch_limits(pilot_share=0.5, pilot_hours=0, max_lines_per_hour=10)
    (batch_id,) = approved_batches(CUT, people)
    batch_execution.run_batch(worker_authority(), batch_id, on=CUT)
    assert sum(state(line_id) == "suspended" for line_id in lines) == 10

    batch_control.record_emergency_count(ME, 9, on=CUT)
    batch_limits(max_lines_per_hour=1000)
    ran = batch_execution.run_batch(worker_authority(), batch_id, on=CUT)

    assert (ran.state, ran.done) == ("stopped", 0)
    assert "9 anomalies of emergency calls in an hour" in str(ran.why)
    assert sum(state(line_id) == "suspended" for line_id in lines) == 10


@pytest.mark.parametrize(
    ("ago", "begins"), [(dt.timedelta(minutes=30), False), (dt.timedelta(hours=2), True)]
)
def test_no_batch_begins_in_the_hour_of_an_alarm(ago: dt.timedelta, begins: bool, people: People) -> None:  # noqa: FBT001
    lines = notified_lines(3)
    (batch_id,) = approved_batches(CUT, people)
    run("INSERT INTO campaign_emergencycount VALUES (%s, 9)", [clock.now() - ago])

    ran = batch_execution.run_batch(worker_authority(), batch_id, on=CUT)

    assert (ran.done, ran.state) == ((3, "done") if begins else (0, "stopped"))
    assert [state(line_id) for line_id in lines] == ["suspended" if begins else "active"] * 3


def test_what_is_kept_of_emergency_calls_is_a_number_and_an_instant(people: People) -> None:
    found = rows(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'campaign_emergencycount'"
    )

    assert {row.column_name for row in found} == {"counted_at", "anomalies"}


def test_the_figures_of_a_region_are_those_of_its_lines(people: People) -> None:
    lines = notified_lines(9, region="0891") + notified_lines(5, region="0892") + notified_lines(2)
    night(CUT, people)
    register(lines[0], on("2012-03-12"))
    nightly.run_nightly(worker_authority(), on=day("2012-03-12"))
    undo("suspend", "2012-03-13")
    nightly.run_nightly(worker_authority(), on=on("2012-03-14"))

    kept = rows(
        "SELECT region, stage, sum(lines)::bigint AS lines FROM campaign_regiontally GROUP BY 1, 2 HAVING sum(lines) <> 0"
    )
    counted = rows(
        "SELECT l.region, m.stage, count(*) AS lines FROM campaign_member m JOIN lines_line l USING (line_id) GROUP BY 1, 2"
    )
    assert {tuple(row) for row in kept} == {tuple(row) for row in counted}
    assert len({row.region for row in kept}) == 3
