# SPDX-License-Identifier: EUPL-1.2
"""Real sessions against each other: registrations against a batch, two runs, a stay in the middle, a kill at any instant."""

import contextlib
import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import (
    batch_control,
    batch_execution,
    batch_rollback,
    closure,
    court_stays,
    nightly,
    planning,
    queries,
)
from rollkeeper.campaign.errors import CAMPAIGN_NOT_OVER, BatchNotInState
from rollkeeper.campaign.open_campaign import OpenCampaign
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.database import Role, action, connect, rows, run
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.lines.writes import lock_numbers
from tests.builders.lines import make_line
from tests.builders.notices import deliver_notices
from tests.builders.staff import employ_approvers
from tests.campaign.population import approved_batches, day, end, plan, register, state, tell
from tests.campaign.typed_commands import surroundings
from tests.command_server import CommandServer
from tests.locked_lines import locked_until_someone_waits
from tests.refusals import refusing

NOTIFIED, DUE = day("2011-12-20"), day("2012-03-02")


@pytest.fixture
def people(committed: None, no_batch_limits: None) -> tuple[Authority, Authority]:
    return employ_approvers()


def approved(count: int, people: tuple[Authority, Authority]) -> tuple[BatchId, list[LineId]]:
    """Bring so many lines to the day of their suspension, in one approved batch; everything is committed."""
    line_ids = [make_line() for _ in range(count)]
    plan(day("2011-12-19"))
    deliver_notices(NOTIFIED)
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE)
    (batch_id,) = approved_batches(DUE, people)
    return batch_id, line_ids


@contextlib.contextmanager
def another_session() -> Iterator[psycopg.Connection[Any]]:
    with connect(stores.REGISTER, "migrator") as session:
        yield session


def in_threads(*jobs: Callable[[], None]) -> None:
    faults: list[BaseException] = []

    def guarded(job: Callable[[], None]) -> None:
        clock.set_demo_date(DUE)
        try:
            job()
        except BaseException as fault:  # noqa: BLE001 - the main thread fails for it
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def everybody_was_cut_once(count: int) -> None:
    """Each line of a finished batch has one of everything, and the counts say so."""
    for table, where in {
        "lines_suspension": "restored_on IS NULL",
        "provisioning_command": "kind = 'bar'",
        "notices_notice": "kind = 'suspended'",
        "ledger_entry": "verb = 'line:line:suspended'",
        "campaign_member": "stage = 'suspended'",
        "campaign_batchline": "outcome = 'done'",
    }.items():
        (found,) = rows(f"SELECT count(*) AS n, count(DISTINCT line_id) AS lines FROM {table} WHERE {where}")  # noqa: S608
        assert (table, found.n, found.lines) == (table, count, count)
    (batch,) = queries.batches()
    assert (batch.state, batch.done_count) == ("done", count)
    seen = queries.overview(DUE)
    assert seen is not None
    assert seen.stage_counts["suspended"] == count


def test_who_is_being_registered_in_that_very_moment_is_not_cut(people: tuple[Authority, Authority]) -> None:
    batch_id, (registering, silent) = approved(2, people)

    with another_session() as session, session.transaction():
        session.execute("SELECT FROM lines_line WHERE line_id = %s FOR UPDATE", [registering])
        ran = batch_execution.run_batch(worker_authority(), batch_id, on=DUE)
        session.execute("UPDATE lines_line SET is_registered = true WHERE line_id = %s", [registering])

    assert (ran.done, ran.skipped) == (1, 1)
    assert (state(registering), state(silent)) == ("active", "suspended")
    assert queries.batch(batch_id).reasons == {"changing": 1}


def test_registrations_pouring_in_during_a_run_always_win(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_execution, "CHUNK", 20)
    batch_id, line_ids = approved(400, people)
    before_cut: list[LineId] = []

    def pour_in() -> None:
        for line_id in random.Random(1).sample(line_ids, 200):  # noqa: S311
            register(line_id, DUE)
            if not rows("SELECT line_id FROM lines_suspension WHERE line_id = %s", [line_id]):
                before_cut.append(line_id)

    in_threads(pour_in, lambda: batch_execution.run_batch(worker_authority(), batch_id, on=DUE) and None)

    cut = {row.line_id for row in rows("SELECT line_id FROM lines_suspension")}
    wrong = rows(
        "SELECT l.line_id FROM lines_line l JOIN lines_suspension s USING (line_id)"
        " WHERE l.is_registered AND (s.restored_on IS NULL OR l.state <> 'active')"
    )
    assert wrong == []
    assert before_cut
    assert not cut & set(before_cut)


def test_two_runs_at_once_do_the_work_of_one(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_execution, "CHUNK", 10)
    batch_id, _ = approved(200, people)

    def one() -> None:
        with contextlib.suppress(BatchNotInState):
            batch_execution.run_batch(worker_authority(), batch_id, on=DUE)

    in_threads(one, one, one)

    everybody_was_cut_once(200)


def test_two_nights_at_once_do_the_work_of_one(people: tuple[Authority, Authority]) -> None:
    for _ in range(50):
        make_line()
    plan(day("2011-12-19"))
    deliver_notices(NOTIFIED)

    in_threads(*[lambda: nightly.run_nightly(worker_authority(), on=DUE) and None] * 3)

    (found,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'campaign:clock:started'")
    assert found.n == 50
    assert queries.overview(DUE).stage_counts["running"] == 50


def test_a_stay_entered_during_a_run_stops_it_within_a_chunk(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_execution, "CHUNK", 10)
    batch_id, _ = approved(50, people)

    def court(_: int) -> None:
        court_stays.enter_stay(console_authority(), first=DUE, last=None, reason="court", on=DUE)

    ran = batch_execution.run_batch(worker_authority(), batch_id, on=DUE, moved=court)

    assert ran.done == 10
    assert ran.why is not None
    assert "stay" in ran.why


def test_a_stop_during_a_run_stops_it_within_a_chunk(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_execution, "CHUNK", 10)
    batch_id, _ = approved(50, people)

    ran = batch_execution.run_batch(
        worker_authority(),
        batch_id,
        on=DUE,
        moved=lambda _: batch_control.stop_batch(people[0], batch_id, on=DUE),
    )

    assert (ran.done, ran.state) == (10, "stopped")


@pytest.fixture
def command_server(data_dir: object) -> Iterator[CommandServer]:
    server = CommandServer(surroundings())
    yield server
    server.go()


def killed_at_random(server: CommandServer, act: str, batch_id: BatchId, seed: int) -> int:
    """Run an act in a separate process that is killed repeatedly until it finishes; return the kills."""
    dice, kills = random.Random(seed), 0  # noqa: S311
    while True:
        ready, out = os.pipe()
        with tempfile.TemporaryFile("w+") as err, os.fdopen(ready) as said:
            words = ("@tests.campaign.small_chunks:act_in_small_chunks", act, str(batch_id))
            process = server.start(*words, out=out, err=err.fileno())
            os.close(out)
            said.readline()
            if kills < 2:
                time.sleep(dice.uniform(0.02, 0.4))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.process, signal.SIGKILL)
            code = process.finish()
            err.seek(0)
            assert code in {0, -signal.SIGKILL}, err.read()
        kills += code == -signal.SIGKILL
        if code == 0:
            return kills
        time.sleep(0.05)


def test_a_run_and_an_undo_killed_at_any_instant_lose_and_double_nothing(
    people: tuple[Authority, Authority], command_server: CommandServer
) -> None:
    batch_id, line_ids = approved(300, people)

    kills = killed_at_random(command_server, "run", batch_id, seed=7)

    assert kills
    everybody_was_cut_once(300)

    kills = killed_at_random(command_server, "undo", batch_id, seed=8)

    assert kills
    assert {state(line_id) for line_id in line_ids} == {"active"}
    (found,) = rows("SELECT count(*) AS n FROM ledger_entry WHERE verb = 'line:line:restored'")
    assert found.n == 300
    assert queries.batches()[0].undone_count == 300


def test_who_registers_while_a_campaign_is_planned_is_not_among_the_unreachable(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    line_ids = [make_line() for _ in range(3)]
    taken_in, registered, record = threading.Event(), threading.Event(), planning._record

    def record_late(*words: object, **more: object) -> None:
        taken_in.set()
        assert registered.wait(30)
        record(*words, **more)

    monkeypatch.setattr(planning, "_record", record_late)

    def come() -> None:
        assert taken_in.wait(30)
        register(line_ids[0], DUE)
        end(line_ids[1], DUE)
        registered.set()

    in_threads(
        come, lambda: planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=DUE) and None
    )
    nightly.run_nightly(worker_authority(), on=DUE)

    found = queries.overview(DUE).stage_counts
    assert (found["out_of_scope"], found["not_notified"]) == (2, 1)


def test_planning_while_lines_are_notified_counts_each_once(people: tuple[Authority, Authority]) -> None:
    line_ids = [make_line() for _ in range(30)]
    plan(day("2011-12-19"))

    in_threads(
        lambda: [tell(line_id, NOTIFIED) for line_id in line_ids] and None,
        lambda: [nightly.run_nightly(worker_authority(), on=DUE) for _ in range(10)] and None,
        lambda: planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=DUE) and None,
    )
    nightly.run_nightly(worker_authority(), on=DUE)

    assert queries.overview(DUE).stage_counts["running"] == 30


def test_two_batches_that_run_at_once_stay_below_the_cap_together(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch, batch_limits: Callable[..., None]
) -> None:
    batch_limits(pilot_share=1.0, pilot_hours=0, max_lines_per_hour=10)
    batch_ids = [approved(10, people)[0] for _ in range(2)]
    look, both = batch_execution._progress, threading.Barrier(2, timeout=0.5)

    def looked(batch: object) -> object:
        seen = look(batch)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()
        return seen

    monkeypatch.setattr(batch_execution, "_progress", looked)
    in_threads(
        *(
            lambda one=one: batch_execution.run_batch(worker_authority(), one, on=DUE) and None
            for one in batch_ids
        )
    )

    assert len(rows("SELECT line_id FROM lines_suspension")) == 10


def test_a_stop_waits_for_the_chunk_under_way_however_long_it_takes(
    people: tuple[Authority, Authority],
) -> None:
    batch_id, _ = approved(1, people)
    run("SET lock_timeout = '50ms'; SET statement_timeout = '300ms'")
    waits = threading.Event()

    def chunk() -> None:
        with another_session() as session, session.transaction():
            session.execute("SELECT FROM campaign_batch WHERE batch_id = %s FOR UPDATE", [batch_id])
            waits.set()
            time.sleep(0.5)

    thread = threading.Thread(target=chunk)
    thread.start()
    waits.wait()
    batch_control.stop_batch(console_authority(), batch_id, on=DUE)
    thread.join()

    assert queries.batch(batch_id).view.state == "stopped"


def test_a_line_that_an_app_keeps_locked_holds_up_no_undo(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, (locked, *_) = approved(3, people)
    batch_execution.run_batch(worker_authority(), batch_id, on=DUE)
    restore = batch_rollback._slice

    def locked_again(*given: Any, **named: Any) -> Any:
        with locked_until_someone_waits(locked, Role.COUNTER, seconds=0.5):
            return restore(*given, **named)

    monkeypatch.setattr(batch_rollback, "_slice", locked_again)
    run("SET lock_timeout = '50ms'")

    done = batch_rollback.undo_batch(console_authority(), batch_id, on=DUE)

    run("RESET lock_timeout")
    assert (done.undone, done.left_alone) == (3, 0)


def test_a_campaign_does_not_close_beside_an_undo(
    people: tuple[Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, _ = approved(1, people)
    batch_execution.run_batch(worker_authority(), batch_id, on=DUE)
    look = closure._member_counts

    def undo_cannot_begin(campaign: OpenCampaign, **more: int) -> object:
        with another_session() as session, pytest.raises(psycopg.errors.LockNotAvailable):
            session.execute("SELECT FROM campaign_batch WHERE batch_id = %s FOR UPDATE NOWAIT", [batch_id])
        return look(campaign, **more)

    monkeypatch.setattr(closure, "_member_counts", undo_cannot_begin)
    with refusing(CAMPAIGN_NOT_OVER):
        closure.close_campaign(console_authority(), on=DUE)


def test_a_campaign_does_not_close_while_a_batch_is_at_work(people: tuple[Authority, Authority]) -> None:
    batch_id, _ = approved(1, people)
    batch_execution.run_batch(worker_authority(), batch_id, on=DUE)

    with another_session() as session, session.transaction():
        session.execute("SELECT FROM campaign_batch WHERE batch_id = %s FOR UPDATE", [batch_id])
        with refusing(CAMPAIGN_NOT_OVER) as refused:
            closure.close_campaign(console_authority(), on=DUE)

    assert refused.value.facts["batches"] == 1


def test_a_registration_waits_for_a_chunk_without_having_its_number(
    people: tuple[Authority, Authority],
) -> None:
    _, (line_id,) = approved(1, people)
    (number,) = rows("SELECT number_index FROM lines_number WHERE line_id = %s", [line_id])
    registering = threading.Thread(target=lambda: (lock(bytes(number.number_index)), connection.close()))

    with another_session() as session, session.transaction():
        session.execute("SELECT FROM lines_line WHERE line_id = %s FOR UPDATE", [line_id])
        registering.start()
        while not rows(
            "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%lines_lock_numbers%%'"
        ):
            time.sleep(0.01)
        session.execute("SELECT FROM lines_number WHERE line_id = %s FOR UPDATE NOWAIT", [line_id])
    registering.join()


def lock(number_index: bytes) -> None:
    with action():
        lock_numbers([number_index])


def test_a_planning_waits_for_no_figures_that_the_server_is_counting(people):
    make_line()
    with another_session() as server, server.transaction():
        server.execute("LOCK TABLE campaign_member, notices_notice IN SHARE UPDATE EXCLUSIVE MODE")

        plan(day("2011-12-19"))
