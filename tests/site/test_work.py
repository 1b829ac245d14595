"""What the house does by itself: in a real `serve`, in a home of its own; and how a lane behaves when things break."""

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

from rollkeeper.kernel import lanes
from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.lanes import Lane, LastTurn
from rollkeeper.site import doctor, work
from tests.site.test_serving import COMMAND, below, cores_allowed, free_ports, limits_of_cores, until

MARK = "an invented name that no note may hold"


class Refusal(RollkeeperError):
    code = "made_up_refusal"
    kind = Kind.REFUSED
    sentence = "No: {value}."
    remedy = "None."


@pytest.fixture
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path))
    return tmp_path


def lane(turn, **more):
    return Lane("made-up", turn, every_s=more.pop("every_s", lambda: 0.01), **more)


def breaks():
    raise ValueError(MARK)


def refuses():
    raise Refusal(value=MARK)


@pytest.mark.parametrize(("turn", "told"), [(breaks, "ValueError"), (refuses, "made_up_refusal")])
def test_a_turn_that_breaks_is_noted_by_its_code_alone(own_home, turn, told):
    done = lanes.take_turn(lane(turn))

    assert done.fault == told
    assert lanes.last_turn("made-up") == done
    assert all(MARK not in file.read_text("utf-8") for file in (own_home / "work").iterdir())


def test_a_turn_that_was_killed_is_seen_to_have_begun_and_not_ended(own_home):
    def killed():
        raise SystemExit

    with pytest.raises(SystemExit):
        lanes.take_turn(lane(killed))

    turn = lanes.last_turn("made-up")
    assert turn is not None
    assert turn.ended is None


def test_a_lane_goes_on_after_a_fault_and_leaves_no_thread_behind(own_home, monkeypatch):
    monkeypatch.setattr(work, "_LONGEST_PAUSE_S", 0.01)
    stop, turns = threading.Event(), []

    def turn():
        turns.append(1)
        if len(turns) == 1:
            raise ValueError
        stop.set()
        return 1

    work.keep_lane(lane(turn), stop)

    assert len(turns) == 2
    assert lanes.last_turn("made-up").fault is None


def test_a_refusal_at_which_a_lane_does_its_work_all_the_same_is_noted_and_keeps_no_turn_waiting(own_home):
    stop, turns = threading.Event(), []

    def turn():
        turns.append(1)
        if len(turns) == 20:  # were it a fault, they would take hours
            stop.set()
        refuses()

    work.keep_lane(lane(turn, goes_on_at=frozenset({Refusal.code})), stop)

    assert lanes.last_turn("made-up").fault == Refusal.code


def test_a_full_turn_is_followed_at_once_and_an_idle_one_is_not(own_home):
    stop, did = threading.Event(), iter([5, 5, 2])
    left = []

    def turn():
        left.append(next(did))
        return left[-1]

    keeper = threading.Thread(
        target=work.keep_lane, args=(lane(turn, every_s=lambda: 3600.0, full_at=5), stop)
    )
    keeper.start()
    until(lambda: len(left) == 3)
    time.sleep(0.2)
    stop.set()
    keeper.join()

    assert left == [5, 5, 2]


def test_a_lane_that_ran_lately_waits_for_its_time_though_its_process_is_new(own_home):
    lanes.note("made-up", LastTurn(int(time.time()) - 60, int(time.time()) - 59))
    stop, turns = threading.Event(), []
    keeper = threading.Thread(
        target=work.keep_lane, args=(lane(lambda: turns.append(1) or 0, every_s=lambda: 3600.0), stop)
    )
    keeper.start()
    time.sleep(0.2)
    stop.set()
    keeper.join()

    assert turns == []


def test_a_lane_that_ran_by_a_clock_that_was_a_month_ahead_does_not_wait_for_it(own_home):
    ahead = int(time.time()) + 30 * 24 * 3600
    lanes.note("made-up", LastTurn(ahead, ahead))
    stop, turns = threading.Event(), []
    keeper = threading.Thread(
        target=work.keep_lane, args=(lane(lambda: turns.append(1) or 0, every_s=lambda: 3600.0), stop)
    )
    keeper.start()
    until(lambda: turns)
    stop.set()
    keeper.join()

    assert turns == [1]
    assert lanes.last_turn("made-up").began < ahead


def test_a_lane_is_kept_by_one_process_at_a_time(own_home):
    holder = (
        "from rollkeeper.kernel.lanes import held\n"
        "with held('made-up') as mine:\n    print(mine, flush=True); input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        theirs = other.stdout.readline().strip()
        with lanes.held("made-up") as mine:
            pass
        other.communicate("\n")

    assert (theirs, mine) == ("True", False)
    with lanes.held("made-up") as mine:
        assert mine


@pytest.mark.parametrize(
    ("ago_s", "is_late"),
    [
        (29, False),
        (-29, False),
        (lanes.SHORTEST_PATIENCE_S, False),
        (lanes.SHORTEST_PATIENCE_S + 1, True),
        (-3600, True),
    ],
)
def test_a_lane_is_late_after_its_patience(ago_s, is_late):
    now = 1_000_000

    assert lanes.is_late(lane(lambda: 0), LastTurn(now - ago_s), now=now) is is_late


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (None, "'made-up' never ran"),
        (LastTurn(10, 11, 0, "made_up_refusal"), "(made_up_refusal)"),
        (LastTurn(10, 11), "'made-up' began last"),
    ],
)
def test_the_doctor_names_a_lane_that_does_not_run(own_home, monkeypatch, turn, said):
    monkeypatch.setattr(doctor, "all_lanes", lambda: [lane(lambda: 0)])
    if turn:
        lanes.note("made-up", turn)

    (found,) = doctor._check_work_by_itself()

    assert found.health is doctor.Health.WATCH
    assert said in found.sentence


# --- a real one -------------------------------------------------------------------------------------------------------


class House:
    """A home of its own, served."""

    def __init__(self, home: Path) -> None:
        self.home, self.port = home, free_ports()
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")} | {
            "ROLLKEEPER_HOME": str(home),
            "ROLLKEEPER_SERVER_CONFIGURATION": os.environ["ROLLKEEPER_SERVER_CONFIGURATION"],
        }

    def type(self, *words: str) -> str:
        done = subprocess.run(
            [COMMAND, *words], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def turn(self, name: str) -> dict:
        try:
            return json.loads((self.home / "work" / f"{name}.json").read_text("utf-8"))
        except OSError:
            return {}


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-works-"))
    (folder / "home.toml").write_text(
        "trial_on = 2011-12-20\nquiet_from = 00:00:00\nquiet_until = 00:00:00\npublish_every_minutes = 1\n",
        "utf-8",
    )
    house = House(folder)
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
        house.parent = parent = subprocess.Popen(
            [COMMAND, "serve", "--port", str(house.port), "--face", "office"],
            stdout=out, stderr=out, env=house.environment,
        )  # fmt: skip
    try:
        until(lambda: parent.poll() is not None or b"Ready" in said.read_bytes(), seconds=90)
        assert parent.poll() is None, said.read_text("utf-8")
        house.type("import", str(people), "--yes")
        house.type("campaign", "plan")
        house.type("enrol", str(registered))
        yield house
    finally:
        parent.terminate()
        parent.wait(30)
        shutil.rmtree(folder)


def workers(house: House) -> list[int]:
    return [
        pid
        for pid in below(house.parent.pid)
        if b"rollkeeper.site.work_process" in read(Path(f"/proc/{pid}/cmdline"))
    ]


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def test_whoever_is_owed_a_notice_gets_it_without_anybody_typing(house):
    outbox = house.home / "outbox" / "messages.jsonl"

    until(lambda: read(outbox).count(b"\n") >= 29, seconds=60)

    assert house.turn("send-notices")["fault"] is None


def test_the_ledger_is_published_without_anybody_typing(house):
    until((house.home / "ledger" / "public" / "checkpoint").exists, seconds=60)
    until(lambda: house.turn("publish-ledger").get("ended"), seconds=60)

    assert house.turn("publish-ledger")["fault"] is None


def test_the_doctor_says_when_everything_ran(house):
    names = {one.name for one in work.all_lanes()}
    until(lambda: all(house.turn(name).get("ended") for name in names), seconds=60)

    found = {one["check"]: one for one in json.loads(house.type("doctor", "--json"))}

    assert found["work by itself"]["health"] == "sound", found["work by itself"]
    assert all(name in found["work by itself"]["sentence"] for name in names)


def test_one_of_the_two_who_work_holds_nothing_that_opens(house):
    until(lambda: len(workers(house)) == 2, seconds=60)
    told = sorted(
        word.decode()
        for one in workers(house)
        for word in read(Path("/proc") / str(one) / "environ").split(b"\0")
        if word.startswith(b"ROLLKEEPER_OPENS")
    )
    ask = (
        "import django; django.setup()\n"
        "from django.conf import settings\n"
        "from rollkeeper.site.work import lanes_of_this_process\n"
        "print(sorted(settings.DATABASES), settings.DATABASES['keys']['USER'],"
        " sorted(lane.name for lane in lanes_of_this_process()))"
    )

    without = subprocess.run(
        [sys.executable, "-c", ask],
        env=house.environment
        | {"ROLLKEEPER_OPENS": "no", "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    # What a process that cannot be dumped was given is read by root alone.
    assert told == (["ROLLKEEPER_OPENS=no", "ROLLKEEPER_OPENS=yes"] if os.geteuid() == 0 else [])
    assert (
        without.stdout.strip()
        == "['default', 'keys'] sealer ['follow-agents', 'publish-ledger', 'push-network', 'settle-letters', 'watch-floor']"
    )


def test_whoever_serves_and_whoever_works_dumps_no_core(house):
    until(lambda: len(workers(house)) == 2)

    limits = [limits_of_cores(pid) for pid in (house.parent.pid, *workers(house))]

    assert limits == [["0", "0"]] * 3


def test_a_worker_that_is_killed_is_replaced_and_goes_on(house):
    until(lambda: len(workers(house)) == 2, seconds=60)
    before = workers(house)

    for one in before:
        os.kill(one, 9)
    (house.home / "work" / "push-network.json").unlink()

    until(lambda: len(set(workers(house)) - set(before)) == 2, seconds=60)
    until(lambda: house.turn("push-network").get("ended"), seconds=60)


def test_keys_are_rotated_while_the_house_works(house):
    until(lambda: len(workers(house)) == 2, seconds=60)

    assert "epoch" in house.type("vault", "rotate")


def test_one_turn_of_everything_can_be_taken_by_hand(house):
    done = json.loads(house.type("work", "--once", "--json"))

    assert {one["lane"] for one in done} <= {one.name for one in work.all_lanes()}
    assert not [one for one in done if one["fault"]]
