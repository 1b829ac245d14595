# SPDX-License-Identifier: EUPL-1.2
"""A machine whose clock jumps, with both servers and every process: a barred line is restored within seconds, and no one is cut or erased early."""

import datetime as dt
import http.client
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.bench.bench_counter import App
from tests.campaign.typed_commands import DUE, PASSWORD
from tests.faults import under_clock
from tests.faults.peers import Network
from tests.faults.soak import APPS, ROOT, Served, kill, until
from tests.operations.test_process_supervisor import free_ports

TODAY_S = int((DUE - dt.timedelta(days=1) - dt.date.today()).total_seconds())
DAY_S = 24 * 3600
RESTORED_WITHIN_S = 30


@pytest.fixture
def network() -> Iterator[Network]:
    running = Network()
    yield running
    running.close()


@pytest.fixture
def apps() -> tuple[str, ...]:
    """Return which apps are served."""
    return APPS


@pytest.fixture
def served(apps: tuple[str, ...]) -> Iterator[Served]:
    if under_clock.library() is None:
        pytest.skip("Debian's libfaketime is not installed: a wrong clock was NOT tried (bin/setup as root)")
    folder = Path(tempfile.mkdtemp(prefix="rk-clock-"))
    folder.chmod(0o755)
    found = Served(folder / "instance", folder / "clock", free_ports(), apps)
    found.environment |= under_clock.environment(found.clock_file)
    write_clock(found, 0)
    yield found
    shutil.rmtree(folder)


def write_clock(served: Served, ahead_s: int) -> None:
    under_clock.set_clock(served.clock_file, f"{TODAY_S + ahead_s:+d}")


def set_clock(served: Served, ahead_s: int) -> None:
    """Set it under running processes, and wait until they go by it."""
    write_clock(served, ahead_s)
    time.sleep(1.5)  # it is looked at each second


@pytest.fixture
def inside(served: Served) -> Iterator[Callable[..., str]]:
    """Have a process in the instance do something, and return what it says."""
    with (
        (served.instance.parent / "inside.log").open("w+") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.faults.clock_instance"], cwd=ROOT, env=served.environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=log, text=True,
        ) as process,
    ):  # fmt: skip

        def do(*words: str) -> str:
            print(*words, file=process.stdin, flush=True)
            said = process.stdout.readline()
            assert said, Path(log.name).read_text("utf-8")
            return said.strip()

        yield do
        process.stdin.close()
        assert process.wait(60) == 0


def restart_workers(served: Served) -> None:
    """Have every job run at once, as after a start of its process."""
    for name in ("worker-with-keys", "worker-without-keys"):
        kill(served.family().get(name, []))


class Counter(App):
    """A clerk's browser at the counter of an instance for real people, as the proxy passes it on."""

    def __init__(self, served: Served) -> None:
        super().__init__(served.port + 1)
        self.headers |= {"X-Forwarded-Proto": "https", "Referer": f"https://127.0.0.1:{self.port}/"}

    def is_let_in(self, name: str, password: str = PASSWORD) -> bool:
        with suppress(OSError):
            self._keep(self.ask("GET", "/account/login/")[0])
            given = {
                "login": name,
                "password": password,
                "csrfmiddlewaretoken": self.cookies["rollkeeper_counter_csrf"],
            }
            answer, _ = self.ask("POST", "/account/login/", urlencode(given).encode())
            self._keep(answer)
            return answer.status == 302
        return False

    def _keep(self, answer: http.client.HTTPResponse) -> None:
        super()._keep(answer)
        self.cookies["rollkeeper_counter_csrf"] = self.cookies.get("__Host-rollkeeper_counter_csrf", "")


@pytest.mark.parametrize(
    ("days", "apps"),
    [(1, ("counter",)), *(pytest.param(days, APPS, marks=pytest.mark.soak) for days in (1, 7, -1))],
)
def test_a_barred_line_is_restored_within_seconds_and_no_one_is_harmed(served, inside, network, days, capsys):
    barred = inside("make", network.url)
    thread = threading.Thread(target=served.keep_serving)
    thread.start()
    try:
        assert until(served.ready, 120), "it was never served"
        assert until(lambda: network.states.get(barred) == "barred", 60), "the line was not barred"
        set_clock(served, days * DAY_S)
        restart_workers(served)
        network.status = 503
        tried = [Counter(served).is_let_in("clerk-02", "a wrong password") for _ in range(8)]
        assert inside("register").startswith("Receipt")
        time.sleep(8)
        meanwhile = json.loads(inside("state"))
        network.status, begun = 200, time.monotonic()
        set_clock(served, 0)

        is_restored = until(lambda: network.states.get(barred) == "open", 60) is not None
        restored_s = time.monotonic() - begun
        signed_in_s = until(lambda: Counter(served).is_let_in("clerk-02"), 60) if days > 0 else 0.0
        time.sleep(5)
        found = json.loads(inside("state"))
    finally:
        served.stop()
        thread.join()

    with capsys.disabled():
        print(
            f"\n{days:+d} days: restored after {restored_s:.1f} s, signed in after {signed_in_s} s, {meanwhile}, then {found}"
        )
    assert not any(tried)
    assert (found["cut"], found["erased"]) == (0, 0)
    assert is_restored
    assert signed_in_s is not None
    assert (meanwhile["cut"], meanwhile["erased"]) == (0, 0)
    assert {"erase-due", "prepare-batches", "run-batches"} & set(meanwhile["refused"]) == (
        {"erase-due", "prepare-batches", "run-batches"} if days > 0 else set()
    )


@pytest.mark.soak
def test_a_clock_set_back_by_a_day_delays_no_restore_and_locks_no_one_out(served, inside, network, capsys):
    barred = inside("make", network.url)
    thread = threading.Thread(target=served.keep_serving)
    thread.start()
    try:
        assert until(served.ready, 120), "it was never served"
        assert until(lambda: network.states.get(barred) == "barred", 60), "the line was not barred"
        network.status = 503
        tried = [Counter(served).is_let_in("clerk-02", "a wrong password") for _ in range(8)]
        is_locked = not Counter(served).is_let_in("clerk-02")
        assert inside("register").startswith("Receipt")
        time.sleep(8)
        restart_workers(served)  # what they had taken on stays theirs until a time that is now a day ahead
        set_clock(served, -DAY_S)
        assert until(served.ready, 150), "the workers did not come back"
        network.status, begun = 200, time.monotonic()

        is_restored = until(lambda: network.states.get(barred) == "open", 60) is not None
        restored_s = time.monotonic() - begun
        signed_in_s = until(lambda: Counter(served).is_let_in("clerk-02"), 60)
        other_signed_in_s = until(lambda: Counter(served).is_let_in("clerk-01"), 60)
        meanwhile = json.loads(inside("state"))
        set_clock(served, 0)
        time.sleep(8)
        found = json.loads(inside("state"))
        is_still_open = network.states.get(barred) == "open"
    finally:
        served.stop()
        thread.join()

    with capsys.disabled():
        print(
            f"\nset back by a day: restored after {restored_s:.1f} s, signed in after {signed_in_s} and {other_signed_in_s} s,"
            f" {meanwhile}, then {found}"
        )
    assert (any(tried), is_locked) == (False, True)
    assert is_restored
    assert restored_s < RESTORED_WITHIN_S
    assert is_still_open
    assert signed_in_s is not None
    assert other_signed_in_s is not None
    assert (meanwhile["cut"], meanwhile["erased"]) == (0, 0)
    assert (found["cut"], found["erased"]) == (0, 0)
