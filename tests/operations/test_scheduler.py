"""Background jobs: in a real `serve`, in an instance of its own; and how a job behaves when things break."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollkeeper.kernel import jobs
from rollkeeper.kernel.errors import Kind, Refusal
from rollkeeper.kernel.jobs import LastRun, PeriodicJob
from rollkeeper.operations import doctor, scheduler
from tests.operations.test_process_supervisor import (
    COMMAND,
    below,
    cores_allowed,
    free_ports,
    limits_of_cores,
    until,
)

MARK = "an invented name that no note may hold"


MADE_UP = Refusal("made_up_refusal", Kind.REFUSED, "No: {value}.", "None.")


@pytest.fixture
def own_data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    return tmp_path


def job(run, **more):
    return PeriodicJob("made-up", run, interval_s=more.pop("interval_s", lambda: 0.01), **more)


def breaks():
    raise ValueError(MARK)


def refuses():
    raise MADE_UP(value=MARK)


@pytest.mark.parametrize(("run", "notified"), [(breaks, "ValueError"), (refuses, "made_up_refusal")])
def test_a_turn_that_breaks_is_noted_by_its_code_alone(own_data_dir, run, notified):
    done = jobs.run_once(job(run))

    assert done.fault == notified
    assert jobs.last_run("made-up") == done
    assert all(MARK not in file.read_text("utf-8") for file in (own_data_dir / "jobs").iterdir())


def test_a_turn_that_was_killed_is_seen_to_have_begun_and_not_ended(own_data_dir):
    def killed():
        raise SystemExit

    with pytest.raises(SystemExit):
        jobs.run_once(job(killed))

    run = jobs.last_run("made-up")
    assert run is not None
    assert run.ended is None


def test_a_job_goes_on_after_a_fault_and_leaves_no_thread_behind(own_data_dir, monkeypatch):
    monkeypatch.setattr(scheduler, "_MAX_BACKOFF_S", 0.01)
    stop, runs = threading.Event(), []

    def run():
        runs.append(1)
        if len(runs) == 1:
            raise ValueError
        stop.set()
        return 1

    scheduler.run_periodically(job(run), stop)

    assert len(runs) == 2
    assert jobs.last_run("made-up").fault is None


def test_an_expected_error_is_recorded_and_causes_no_backoff(own_data_dir):
    stop, runs = threading.Event(), []

    def run():
        runs.append(1)
        if len(runs) == 20:  # were it a fault, they would take hours
            stop.set()
        refuses()

    scheduler.run_periodically(job(run, expected_errors=frozenset({MADE_UP.code})), stop)

    assert jobs.last_run("made-up").fault == MADE_UP.code


def test_a_full_turn_is_followed_at_once_and_an_idle_one_is_not(own_data_dir):
    stop, did = threading.Event(), iter([5, 5, 2])
    left = []

    def run():
        left.append(next(did))
        return left[-1]

    keeper = threading.Thread(
        target=scheduler.run_periodically, args=(job(run, interval_s=lambda: 3600.0, batch_size=5), stop)
    )
    keeper.start()
    until(lambda: len(left) == 3)
    time.sleep(0.2)
    stop.set()
    keeper.join()

    assert left == [5, 5, 2]


def test_a_job_that_ran_lately_waits_for_its_time_though_its_process_is_new(own_data_dir):
    jobs.note("made-up", LastRun(int(time.time()) - 60, int(time.time()) - 59))
    stop, runs = threading.Event(), []
    keeper = threading.Thread(
        target=scheduler.run_periodically,
        args=(job(lambda: runs.append(1) or 0, interval_s=lambda: 3600.0), stop),
    )
    keeper.start()
    time.sleep(0.2)
    stop.set()
    keeper.join()

    assert runs == []


def test_a_job_that_ran_by_a_clock_a_month_ahead_does_not_wait(own_data_dir):
    ahead = int(time.time()) + 30 * 24 * 3600
    jobs.note("made-up", LastRun(ahead, ahead))
    stop, runs = threading.Event(), []
    keeper = threading.Thread(
        target=scheduler.run_periodically,
        args=(job(lambda: runs.append(1) or 0, interval_s=lambda: 3600.0), stop),
    )
    keeper.start()
    until(lambda: runs)
    stop.set()
    keeper.join()

    assert runs == [1]
    assert jobs.last_run("made-up").began < ahead


def test_a_job_is_kept_by_one_process_at_a_time(own_data_dir):
    keeper = (
        "from rollkeeper.kernel.jobs import hold_job\n"
        "with hold_job('made-up') as mine:\n    print(mine, flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", keeper], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        theirs = other.stdout.readline().strip()
        with jobs.hold_job("made-up") as mine:
            pass
        other.communicate("\n")

    assert (theirs, mine) == ("True", False)
    with jobs.hold_job("made-up") as mine:
        assert mine


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
    ("run", "said"),
    [
        (None, "'made-up' never ran"),
        (LastRun(10, 11, 0, "made_up_refusal"), "(made_up_refusal)"),
        (LastRun(10, 11), "'made-up' began last"),
    ],
)
def test_the_doctor_names_a_job_that_does_not_run(own_data_dir, monkeypatch, run, said):
    monkeypatch.setattr(doctor, "all_jobs", lambda: [job(lambda: 0)])
    if run:
        jobs.note("made-up", run)

    (found,) = doctor._check_background_jobs()

    assert found.health is doctor.Health.WARNING
    assert said in found.sentence


# --- a real one -------------------------------------------------------------------------------------------------------


class Instance:
    """An instance of its own, served."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.port = data_dir, free_ports()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")} | {
            "ROLLKEEPER_HOME": str(data_dir),
            "ROLLKEEPER_SERVER_CONFIGURATION": os.environ["ROLLKEEPER_SERVER_CONFIGURATION"],
        }

    def type(self, *words: str) -> str:
        done = subprocess.run(
            [COMMAND, *words], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, name: str) -> dict:
        try:
            return json.loads((self.data_dir / "jobs" / f"{name}.json").read_text("utf-8"))
        except OSError:
            return {}


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-works-"))
    (folder / "settings.toml").write_text(
        "[instance]\ndemo_date = 2011-12-20\n[notices]\nquiet_from = 00:00:00\nquiet_until = 00:00:00\n"
        "[ledger]\npublish_every_minutes = 1\n",
        "utf-8",
    )
    instance = Instance(folder)
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
        pid
        for pid in below(instance.parent.pid)
        if b"rollkeeper.operations.job_process" in read(Path(f"/proc/{pid}/cmdline"))
    ]


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def test_whoever_is_owed_a_notice_gets_it_without_anybody_typing(instance):
    outbox = instance.data_dir / "outbox" / "messages.jsonl"

    until(lambda: read(outbox).count(b"\n") >= 29, seconds=60)

    assert instance.run("send-notices")["fault"] is None


def test_the_ledger_is_published_without_anybody_typing(instance):
    until((instance.data_dir / "ledger" / "public" / "checkpoint").exists, seconds=60)
    until(lambda: instance.run("publish-ledger").get("ended"), seconds=60)

    assert instance.run("publish-ledger")["fault"] is None


def test_the_doctor_says_when_everything_ran(instance):
    names = {one.name for one in scheduler.all_jobs()}
    until(lambda: all(instance.run(name).get("ended") for name in names), seconds=60)

    found = {one["check"]: one for one in json.loads(instance.type("doctor", "--json"))}

    assert found["background jobs"]["health"] == "ok", found["background jobs"]
    assert all(name in found["background jobs"]["sentence"] for name in names)


def test_one_of_the_two_who_work_holds_nothing_that_opens(instance):
    until(lambda: len(workers(instance)) == 2, seconds=60)
    notified = sorted(
        word.decode()
        for one in workers(instance)
        for word in read(Path("/proc") / str(one) / "environ").split(b"\0")
        if word.startswith(b"ROLLKEEPER_OPENS")
    )
    ask = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from rollkeeper.operations.scheduler import jobs_of_this_process\n"
        "print(sorted(settings.DATABASES), settings.DATABASES['keys']['USER'],"
        " sorted(job.name for job in jobs_of_this_process()))"
    )

    without = subprocess.run(
        [sys.executable, "-c", ask],
        env=instance.environment
        | {"ROLLKEEPER_OPENS": "no", "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    # What a process that cannot be dumped was given is read by root alone.
    assert notified == (["ROLLKEEPER_OPENS=no", "ROLLKEEPER_OPENS=yes"] if os.geteuid() == 0 else [])
    assert (
        without.stdout.strip()
        == "['default', 'keys'] sealer ['check-floor', 'follow-agents', 'publish-ledger', 'push-network', 'settle-letters']"
    )


def test_whoever_serves_and_whoever_works_dumps_no_core(instance):
    until(lambda: len(workers(instance)) == 2)

    limits = [limits_of_cores(pid) for pid in (instance.parent.pid, *workers(instance))]

    assert limits == [["0", "0"]] * 3


def test_a_worker_that_is_killed_is_replaced_and_goes_on(instance):
    until(lambda: len(workers(instance)) == 2, seconds=60)
    before = workers(instance)

    for one in before:
        os.kill(one, 9)
    (instance.data_dir / "jobs" / "push-network.json").unlink()

    until(lambda: len(set(workers(instance)) - set(before)) == 2, seconds=60)
    until(lambda: instance.run("push-network").get("ended"), seconds=60)


def test_keys_are_rotated_while_the_register_works(instance):
    until(lambda: len(workers(instance)) == 2, seconds=60)

    assert "epoch" in instance.type("vault", "rotate")


def test_one_turn_of_everything_can_be_taken_by_hand(instance):
    done = json.loads(instance.type("worker", "--once", "--json"))

    assert {one["job"] for one in done} <= {one.name for one in scheduler.all_jobs()}
    assert not [one for one in done if one["fault"]]
