"""Background jobs: in a real `serve`, in a separate instance; and how a job behaves on errors."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import psycopg.rows
import pytest
from django.db import IntegrityError, transaction

from rollkeeper.kernel import health, jobs, stores
from rollkeeper.kernel import settings as kernel_settings
from rollkeeper.kernel.claims import FAMILY
from rollkeeper.kernel.database import connect, rows
from rollkeeper.kernel.database import run as sql_run
from rollkeeper.kernel.errors import (
    INVALID_DATE,
    SETTINGS_FILE_FAULT,
    Kind,
    Refusal,
    RollkeeperError,
    raise_all,
)
from rollkeeper.kernel.instance import instance as settings_of_instance
from rollkeeper.kernel.jobs import LastRun, NotRun, PeriodicJob
from rollkeeper.ledger import publication
from rollkeeper.ledger.settings import public_folder
from rollkeeper.operations import job_check, process_supervisor, scheduler
from rollkeeper.operations.findings import Health
from tests.command_server import common_server
from tests.instances import copy_empty
from tests.operations.test_process_supervisor import (
    COMMAND,
    answers,
    below,
    cores_allowed,
    free_ports,
    limits_of_cores,
    require_clean_end,
    require_servers_to_come_back,
    until,
)
from tests.processes import children_of, is_alive, words_of
from tests.superuser import as_superuser

MARK = "an invented name that no note may hold"
LEASE_S = 1.0


MADE_UP = Refusal("made_up_refusal", Kind.REFUSED, "No: {value}.", "None.")


def job(run, *, name="made-up", **more):
    return PeriodicJob(name, run, interval_s=more.pop("interval_s", lambda: 0.01), **more)


def breaks():
    raise ValueError(MARK)


def refuses():
    raise MADE_UP(value=MARK)


def refuses_all():
    raise_all([MADE_UP(value=MARK), INVALID_DATE(given=MARK), MADE_UP(value="another")])


def last():
    """What is noted of the made-up job."""
    return jobs.last_runs()[1].get("made-up")


@contextmanager
def running(*kept, lease_s=LEASE_S):
    """A separate job runner, for the length of a block."""
    stop = threading.Event()
    thread = threading.Thread(target=scheduler.Runner(kept, lease_s=lease_s).run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def counting(runs, *, did=0):
    """A run that counts itself."""
    return lambda: runs.append(1) or did


@contextmanager
def leased_elsewhere(**row):
    """Another process that holds the made-up job's lease; its row is given values."""
    with connect(stores.REGISTER, "worker") as other:
        other.execute("SELECT pg_advisory_lock(%s, 4711)", [FAMILY])
        other.execute(
            "INSERT INTO kernel_job (job, leased_to, leased_until, began_at, ended_at) VALUES ('made-up', 4711,"
            " clock_timestamp() + %(leased)s::interval, clock_timestamp() + %(began)s::interval, clock_timestamp())",
            {"leased": "20 seconds", "began": "-1 second"} | row,
        )
        yield


@pytest.mark.parametrize(
    ("run", "code"),
    [(breaks, "ValueError"), (refuses, "made_up_refusal"), (refuses_all, "made_up_refusal, invalid_date")],
)
def test_a_fault_is_noted_by_its_code_alone(committed, run, code):
    done = jobs.run_once(job(run))

    (row,) = rows("SELECT j::text AS noted FROM kernel_job j")
    assert done.fault == code
    assert last().fault == code
    assert MARK not in row.noted


def test_the_register_takes_no_text_for_a_fault(committed):
    with pytest.raises(IntegrityError), transaction.atomic():
        jobs._note("made-up", LastRun(10, 11, 0, MARK), interval_s=60)


def test_a_run_that_was_killed_is_seen_to_have_begun_and_not_ended(committed):
    def killed():
        raise SystemExit

    with pytest.raises(SystemExit):
        jobs.run_once(job(killed))

    assert last().ended is None


def test_a_job_goes_on_after_a_fault(committed, monkeypatch):
    monkeypatch.setattr(scheduler, "_MAX_BACKOFF_S", 0.01)
    runs = []

    def run():
        runs.append(1)
        if len(runs) == 1:
            raise ValueError
        return 1

    with running(job(run)):
        until(lambda: len(runs) >= 2)

    assert last().fault is None


def test_no_job_runs_in_tables_of_another_version(committed, monkeypatch):
    runs = []
    monkeypatch.setattr(health, "__version__", "99.1.0")
    monkeypatch.setattr(scheduler, "_TICK_S", 0.05)

    with running(job(counting(runs))):
        until(lambda: asked_in(health.register_part().check) == "setup_outdated")
        time.sleep(0.5)
        assert runs == []
        monkeypatch.undo()
        until(lambda: runs)


def asked_in(check):
    """The code of the refusal of a check."""
    with pytest.raises(RollkeeperError) as refused:
        check()
    return refused.value.code


def test_jobs_go_on_while_the_settings_are_being_written(committed, monkeypatch):
    runs, _ = [], settings_of_instance()  # read before, as by every process
    made_up = job(counting(runs))
    monkeypatch.setattr(scheduler, "_SETTINGS_INTERVAL_S", 0.01)
    monkeypatch.setattr(
        scheduler, "jobs_of_this_process", lambda: [made_up] if settings_of_instance() else []
    )

    with running(made_up) as stop:
        until(lambda: runs)
        with monkeypatch.context() as broken:
            broken.setattr(kernel_settings, "current_content", breaks_off)
            until(lambda: tried)
            before = len(runs)
            until(lambda: len(runs) > before + 5)

        assert not stop.is_set()


tried: list[int] = []


def breaks_off():
    tried.append(1)
    raise SETTINGS_FILE_FAULT(source="settings.toml", why="it is not TOML")


def test_a_run_with_one_unexpected_fault_among_expected_ones_backs_off():
    one = job(refuses_all, expected_errors=frozenset({MADE_UP.code}))

    assert one.expects("made_up_refusal")
    assert not one.expects("made_up_refusal, invalid_date")


def test_an_expected_error_is_recorded_and_causes_no_backoff(committed):
    runs = []

    def run():
        runs.append(1)
        refuses()

    with running(job(run, expected_errors=frozenset({MADE_UP.code}))):
        until(lambda: len(runs) >= 20)  # were it a fault, they would take hours

    assert last().fault == MADE_UP.code


def test_a_full_run_is_followed_at_once_and_an_idle_one_is_not(committed):
    did, left = iter([5, 5, 2]), []

    def run():
        left.append(next(did))
        return left[-1]

    with running(job(run, interval_s=lambda: 3600.0, batch_size=5)):
        until(lambda: len(left) == 3)
        time.sleep(0.2)

    assert left == [5, 5, 2]


def test_a_job_that_ran_lately_waits_for_its_time_though_its_process_is_new(committed):
    now, _ = jobs.last_runs()
    jobs._note("made-up", LastRun(now - 60, now - 59), interval_s=60)
    runs = []

    with running(job(counting(runs), interval_s=lambda: 3600.0)):
        until(lambda: rows("SELECT FROM kernel_job WHERE leased_to IS NOT NULL"))
        time.sleep(0.2)

    assert runs == []


def test_a_job_that_ran_by_a_clock_a_month_ahead_does_not_wait(committed):
    now, _ = jobs.last_runs()
    ahead = now + 30 * 24 * 3600
    jobs._note("made-up", LastRun(ahead, ahead), interval_s=60)
    runs = []

    with running(job(counting(runs), interval_s=lambda: 3600.0)):
        until(lambda: runs)

    assert last().began < ahead


def test_a_notification_begins_the_next_run_at_once(committed):
    runs = []

    with running(job(counting(runs), interval_s=lambda: 3600.0, wakes_on="made_up")):
        until(lambda: runs)
        sql_run("NOTIFY made_up")
        until(lambda: len(runs) == 2)


# --- leases -----------------------------------------------------------------------------------------------------------


def test_a_lease_of_a_leased_elsewhere_is_not_taken(committed):
    with leased_elsewhere():
        assert jobs.lease_jobs(["made-up"], claim=1) == {}


@pytest.mark.parametrize("leased", ["-1 second", "31 seconds", "30 days", "-30 days"])
def test_a_lease_that_lapsed_or_lies_too_far_ahead_is_taken_over(committed, leased):
    with leased_elsewhere(leased=leased):
        assert jobs.lease_jobs(["made-up"], claim=1).keys() == {"made-up"}


@pytest.mark.parametrize("began", ["30 days", "-30 days"])
def test_a_job_whose_last_run_lies_a_month_off_runs_on(committed, began):
    runs = []

    with (
        leased_elsewhere(leased="-1 second", began=began),
        running(job(counting(runs), interval_s=lambda: 3600.0)),
    ):
        until(lambda: runs)


def test_the_lease_of_a_session_that_is_gone_is_taken_at_once(committed):
    with leased_elsewhere(leased="20 seconds"):
        pass

    until(lambda: jobs.lease_jobs(["made-up"], claim=1))


def test_a_run_is_refused_to_a_process_whose_lease_is_gone(committed):
    with leased_elsewhere():
        assert jobs.run_once(job(lambda: 0), claim=1) is NotRun.LEASE_LOST


def test_a_job_is_run_by_one_session_at_a_time(committed):
    with connect(stores.REGISTER, "worker") as other:
        other.execute("SELECT pg_advisory_lock(%s, hashtext('made-up'))", [jobs._RUNS])
        assert jobs.run_once(job(lambda: 0)) is NotRun.BUSY
        other.execute("SELECT pg_advisory_unlock(%s, hashtext('made-up'))", [jobs._RUNS])

    assert isinstance(jobs.run_once(job(lambda: 0)), LastRun)


class Other:
    """A job runner in a separate process, which was forked: to load all that it needs takes as long as the test."""

    def __init__(self, command_server, *words):
        self._out, writing = os.pipe()
        os.set_blocking(self._out, False)
        self.running = command_server.start(
            "@tests.operations.alone:main", *words, out=writing, err=2,
            surroundings={"ROLLKEEPER_ROLE": "worker"},
        )  # fmt: skip
        os.close(writing)
        self.said = []

    def lines(self):
        """What it has said so far."""
        with suppress(BlockingIOError):
            self.said += os.read(self._out, 1 << 20).split()
        return self.said

    def signal(self, number):
        os.kill(self.running.process, number)

    def end(self):
        with suppress(ProcessLookupError):
            self.signal(signal.SIGKILL)
        self.running.finish()
        os.close(self._out)


@pytest.fixture
def others(committed, command_server):
    """Start runners; end them afterwards, stopped ones too."""
    started = []
    yield lambda *words: started.append(Other(command_server, *words)) or started[-1]
    for one in started:
        one.end()


def test_the_job_of_a_killed_process_passes_to_another(others):
    first = others()
    until(first.lines)
    second = others()
    time.sleep(1)
    assert second.lines() == []

    first.signal(signal.SIGKILL)

    until(second.lines)


def test_a_process_that_hangs_in_a_run_loses_the_job_and_its_session(others):
    first = others("hangs")
    until(first.lines)
    second = others()

    first.signal(signal.SIGSTOP)

    until(second.lines, seconds=30)
    assert b"TWO" not in second.lines()


def test_two_runners_never_run_one_job_at_once_though_one_is_held_up(others):
    both = [others(), others()]
    for nth in (0, 1, 0, 1):
        until(lambda: any(one.lines() for one in both))
        both[nth].signal(signal.SIGSTOP)
        for one in both:
            one.lines().clear()
        until(lambda nth=nth: both[1 - nth].lines(), seconds=30)
        both[nth].signal(signal.SIGCONT)
        assert b"TWO" not in both[1 - nth].lines()

    time.sleep(2)
    assert all(is_alive(one.running.process) for one in both)
    assert not [line for one in both for line in one.lines() if line != b"alone"]


def test_a_runner_goes_on_after_its_sessions_were_ended(others):
    runner = others()
    until(runner.lines)

    with as_superuser() as owner:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'worker'")
    time.sleep(0.2)
    runner.lines().clear()

    until(runner.lines, seconds=30)


@pytest.mark.parametrize(
    ("ago_s", "is_late"),
    [
        (29, False),
        (-29, False),
        (jobs.MIN_GRACE_S, False),
        (jobs.MIN_GRACE_S + 1, True),
        (-3600, True),
    ],
)
def test_a_job_is_late_after_its_patience(ago_s, is_late):
    now = 1_000_000

    assert jobs.is_late(job(lambda: 0), LastRun(now - ago_s), now=now) is is_late


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        (None, "No background job ever ran."),
        (LastRun(10, 11, 0, "made_up_refusal"), "(made_up_refusal)"),
        (LastRun(10, 11), "'made-up' began last"),
    ],
)
def test_the_doctor_names_a_job_that_does_not_run(committed, monkeypatch, noted, said):
    monkeypatch.setattr(job_check, "all_jobs", lambda: [job(lambda: 0)])
    if noted:
        jobs._note("made-up", noted, interval_s=60)

    (found,) = job_check.look_at_the_jobs()

    assert found.health is Health.WARNING
    assert said in found.sentence


def test_the_doctor_names_each_job_that_never_ran_once_any_did(committed, monkeypatch):
    monkeypatch.setattr(job_check, "all_jobs", lambda: [job(lambda: 0)])
    jobs._note("another", LastRun(10, 11), interval_s=60)

    (found,) = job_check.look_at_the_jobs()

    assert found.sentence == "'made-up' never ran."


def test_the_doctor_says_in_one_sentence_that_no_job_runs(committed, monkeypatch):
    monkeypatch.setattr(job_check, "all_jobs", lambda: [job(lambda: 0, name=name) for name in "abcdefgh"])
    for name in "abcdefg":
        jobs._note(name, LastRun(10, 11), interval_s=60)

    (found,) = job_check.look_at_the_jobs()

    assert found.sentence.startswith("No background job runs: the last one began ")
    assert found.remedy.startswith("Start 'rollkeeper worker'")


def test_the_doctor_folds_jobs_that_failed_alike(committed, monkeypatch):
    (now,) = rows("SELECT extract(epoch FROM clock_timestamp())::bigint AS s")
    monkeypatch.setattr(job_check, "all_jobs", lambda: [job(lambda: 0, name=name) for name in "abcdefgh"])
    for name in "abcdefg":
        jobs._note(name, LastRun(now.s, now.s, 0, "database_unreachable"), interval_s=60)
    jobs._note("h", LastRun(10, 11), interval_s=60)

    failed, late = job_check.look_at_the_jobs()

    assert (
        failed.sentence == "'a', 'b', 'c', 'd' and 3 more jobs failed 0 minutes ago (database_unreachable)."
    )
    assert late.sentence.startswith("'h' began last ")


def test_the_process_without_keys_runs_what_needs_none(data_dir):
    ask = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from rollkeeper.operations.scheduler import jobs_of_this_process, run_each_once\n"
        "done = run_each_once(jobs_of_this_process())\n"
        "print(sorted(settings.DATABASES), settings.DATABASES['keys']['USER'], *sorted(done),"
        " [run.fault for run in done.values() if run.fault])"
    )

    # Of a ledger that another test has emptied.
    publication.last_checkpoint_file().unlink(missing_ok=True)
    shutil.rmtree(public_folder(), ignore_errors=True)
    without = subprocess.run(
        [sys.executable, "-c", ask],
        env=os.environ | {"ROLLKEEPER_OPENS": "no", "ROLLKEEPER_ROLE": "worker", "ROLLKEEPER_JOBS": "background"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert without.stdout.strip() == (
        "['default', 'keys', 'leaf_secrets'] sealer check-floor-network follow-agents integrate-ledger prepare-batches"
        " prepare-notices publish-ledger push-network remind-of-last-days send-email send-post send-sms send-voice settle-letters []"
    )


# --- a real one -------------------------------------------------------------------------------------------------------


class Instance:
    """A separate instance, served."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.port = data_dir, free_ports()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")} | {
            "ROLLKEEPER_HOME": str(data_dir),
            "ROLLKEEPER_SERVER_CONFIGURATION": os.environ["ROLLKEEPER_SERVER_CONFIGURATION"],
        }

    def type(self, *words: str) -> str:
        done = common_server().run(*words, data_dir=self.data_dir)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def noted(self, name: str) -> dict:
        """What the register says of a job."""
        place = {
            "host": self.data_dir / "run" / "sockets" / stores.REGISTER.name,
            "port": stores.REGISTER.port,
            "user": "worker",
        }
        passwords = self.data_dir / "secrets" / "register-worker.pgpass"
        with psycopg.connect(**place, dbname="rollkeeper_register", passfile=passwords) as worker:
            cursor = worker.cursor(row_factory=psycopg.rows.dict_row)
            return cursor.execute("SELECT * FROM kernel_job WHERE job = %s", [name]).fetchone() or {}


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-works-"))
    (folder / "settings.toml").write_text(
        "[instance]\ndemo_date = 2011-12-20\n[notices]\nquiet_from = 00:00:00\nquiet_until = 00:00:00\n"
        "[ledger]\npublish_every_minutes = 1\n",
        "utf-8",
    )
    instance = Instance(folder)
    copy_empty(folder)
    people = folder / "lines.csv"
    people.write_text(
        "number,activated_on\n" + "".join(f"+8613900{n:06d},2010-01-31\n" for n in range(30)), "utf-8"
    )
    registered = folder / "people.jsonl"
    registered.write_text(
        json.dumps(
            {
                "number": "+8613900000007",
                "name": "བཀྲ་ཤིས",
                "address": "Invented Road 7, Lhasa",
                "document_type": "passport",
                "document_number": "X00000007",
            }
        )
        + "\n",
        "utf-8",
    )
    said = folder / "said"
    with said.open("wb") as out, cores_allowed():
        instance.parent = parent = subprocess.Popen(
            [COMMAND, "serve", "--port", str(instance.port), "--app", "backoffice"],
            stdout=out, stderr=out, env=instance.environment,
        )  # fmt: skip
    try:
        until(lambda: parent.poll() is not None or b"Ready" in said.read_bytes(), seconds=90)
        assert parent.poll() is None, said.read_text("utf-8")
        instance.type("import", str(people), "--yes")
        instance.type("campaign", "plan")
        instance.type("register", str(registered))
        yield instance
    finally:
        parent.terminate()
        parent.wait(30)
        shutil.rmtree(folder)


def workers(instance: Instance) -> list[int]:
    return [
        pid for pid in below(instance.parent.pid) if b"rollkeeper.operations.job_process" in words_of(pid)
    ]


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def surroundings_of(pid: int) -> list[bytes]:
    return read(Path("/proc") / str(pid) / "environ").split(b"\0")


def test_a_notice_owed_is_sent_without_anybody_typing(instance):
    outbox = instance.data_dir / "outbox" / "messages.jsonl"

    until(lambda: read(outbox).count(b"\n") >= 29, seconds=60)

    assert instance.noted("send-sms")["fault"] is None


def test_the_ledger_is_published_without_anybody_typing(instance):
    until((instance.data_dir / "ledger" / "public" / "checkpoint").exists, seconds=60)
    until(lambda: instance.noted("publish-ledger").get("ended_at"), seconds=60)

    assert instance.noted("publish-ledger")["fault"] is None


def test_the_doctor_says_when_everything_ran(instance):
    names = {one.name for one in scheduler.all_jobs()}
    until(lambda: all(instance.noted(name).get("ended_at") for name in names), seconds=60)

    found = {one["check"]: one for one in json.loads(instance.type("doctor", "--json"))}

    assert found["background jobs"]["health"] == "ok", found["background jobs"]
    assert all(name in found["background jobs"]["sentence"] for name in names)


def test_one_of_the_three_workers_alone_holds_what_opens(instance):
    until(lambda: len(workers(instance)) == 3, seconds=60)
    notified = sorted(
        word.decode()
        for one in workers(instance)
        for word in surroundings_of(one)
        if word.startswith(b"ROLLKEEPER_OPENS")
    )
    # What a process that cannot be dumped was given is read by root alone.
    assert notified == (
        ["ROLLKEEPER_OPENS=no", "ROLLKEEPER_OPENS=no", "ROLLKEEPER_OPENS=yes"] if os.geteuid() == 0 else []
    )


def test_apps_and_workers_dump_no_core(instance):
    until(lambda: len(workers(instance)) == 3)

    limits = [limits_of_cores(pid) for pid in (instance.parent.pid, *workers(instance))]

    assert limits == [["0", "0"]] * 4


def test_a_worker_that_is_killed_is_replaced_and_goes_on(instance):
    until(lambda: len(workers(instance)) == 3, seconds=60)
    before, former = set(workers(instance)), instance.noted("push-network")["leased_to"]
    # The one that commands the network; who is not root does not see which it is.
    killed = {one for one in before if b"ROLLKEEPER_JOBS=background" in surroundings_of(one)} or before

    for one in killed:
        os.kill(one, 9)

    until(lambda: before - set(workers(instance)) == killed, seconds=60)
    until(lambda: len(workers(instance)) == 3, seconds=60)
    until(lambda: instance.noted("push-network")["leased_to"] != former, seconds=60)


def test_keys_are_rotated_while_an_instance_works_that_serving_made(instance):
    until(lambda: len(workers(instance)) == 3, seconds=60)

    assert "epoch" in instance.type("vault", "rotate")


def test_one_turn_of_everything_can_be_taken_by_hand(instance):
    done = json.loads(instance.type("worker", "--once", "--json"))

    assert {one["job"] for one in done} <= {one.name for one in scheduler.all_jobs()}
    assert not [one for one in done if one["fault"]]


def test_what_is_served_outlives_dead_servers_and_broken_settings(instance):
    port, settings = instance.port, instance.data_dir / "settings.toml"
    whole = settings.read_text("utf-8")
    require_servers_to_come_back(instance.parent, instance.data_dir)

    (handed_over,) = (instance.data_dir / "run" / "apps").glob("backoffice.*")
    before = (handed_over / "settings.toml").read_text("utf-8")
    (app,) = (
        one
        for one in children_of(instance.parent.pid)
        if b"rollkeeper.operations.app_process" in words_of(one)
    )
    settings.write_text(f"{whole}\n[notices", "utf-8")
    time.sleep(process_supervisor.RENEW_SECONDS + 2)
    assert answers(port)
    settings.unlink()
    os.kill(app, signal.SIGKILL)
    time.sleep(process_supervisor.RENEW_SECONDS + 2)
    assert instance.parent.poll() is None
    assert not answers(port), "it was started with other settings than its own"

    settings.write_text(whole, "utf-8")

    until(lambda: answers(port), seconds=60)
    (handed_over,) = (instance.data_dir / "run" / "apps").glob("backoffice.*")
    assert (handed_over / "settings.toml").read_text("utf-8") == before


def test_all_that_is_served_stops_cleanly(instance):
    """The last test of the instance that is served: it ends it."""
    family = below(instance.parent.pid)

    require_clean_end(instance.parent, instance.port, signal.SIGTERM)

    assert not any(map(is_alive, family))


def test_a_worker_gives_back_the_memory_that_a_run_left():
    many = [bytes(700) for _ in range(100_000)]
    kept = many[::100]  # what is in use lies between what is free
    del many
    before = own_memory_kib()

    scheduler.give_back_memory()

    assert before - own_memory_kib() > 20_000
    assert len(kept) == 1000


def own_memory_kib():
    said = Path("/proc/self/smaps_rollup").read_text("utf-8")
    return int(re.search(r"^Rss:\s+(\d+)", said, re.MULTILINE)[1])
