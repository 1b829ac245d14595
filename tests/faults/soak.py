# SPDX-License-Identifier: EUPL-1.2
"""A served instance that registers people, runs a batch and publishes, while faults strike at random and no one types a command.

`serve` is started again as systemd does (`Restart=on-failure`, two seconds); nothing else is done by hand. Each fault becomes part of a
row: how often it struck, what was acknowledged meanwhile and of that lost or doubled, and after how many seconds registrations, the
register and the keys were back.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlencode

from psycopg.pq import PGconn, Ping

from rollkeeper.kernel import health, stores
from tests.bench.bench_counter import App
from tests.faults import under_clock
from tests.processes import children_of
from tests.registration.people import fresh_number, person

ROOT = Path(__file__).parents[2]
SENDERS, PAUSE_S = 2, 0.2
APPS = ("backoffice", "counter", "portal")
RESTART_S = 2.0
LOOK_S = 0.5
"""How often all processes are asked whether they are ready. Asking takes much of this time on one processor."""


def kill(pids: list[int | None]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            if pid is not None:
                os.kill(pid, signal.SIGKILL)


def until(claim, seconds: float) -> float | None:
    """Return after how many seconds a condition became true; None if it did not in time."""
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        if claim():
            return time.monotonic() - begun
        time.sleep(LOOK_S)
    return None


class Receipt(NamedTuple):
    """A registered number, and when the form was first sent and when it was answered."""

    sent: float
    answered: float
    number: str


@dataclass
class Acknowledged:
    """The registrations that the counter acknowledged, in order, each with its instant."""

    numbers: list[Receipt] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)

    def since(self, instant: float) -> bool:
        """Tell whether something was acknowledged after an instant."""
        return bool(self.numbers) and self.numbers[-1].answered > instant


class Served:
    """One instance under `serve`, and what belongs to it."""

    def __init__(self, instance: Path, clock_file: Path, port: int, apps: tuple[str, ...] = APPS) -> None:
        self.instance, self.port, self.clock_file, self.apps = instance, port, clock_file, apps
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ROLLKEEPER_")}
        self.environment = kept | {"ROLLKEEPER_HOME": str(instance)}
        self.over = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def keep_serving(self) -> None:
        """Start `serve` again after it ended with a fault, as systemd does."""
        log = (self.instance.parent / "serve.log").open("ab")
        which = [f"--app={one}" for one in self.apps if self.apps != APPS]
        while not self.over.is_set():
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.under_clock", "serve", "--port", str(self.port), *which],
                cwd=ROOT, env=self.environment | under_clock.environment(self.clock_file), stdout=log, stderr=log,
            )  # fmt: skip
            self.process.wait()
            self.over.wait(RESTART_S)
        log.close()

    def stop(self) -> int:
        self.over.set()
        self.process.terminate()
        return self.process.wait(60)

    def family(self) -> dict[str, list[int]]:
        """Return the processes of each name, the parent of the others first."""
        found: dict[str, list[int]] = {}
        for pid in _below(self.process.pid):
            with suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_bytes()
                around = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                named = dict(one.split(b"=", 1) for one in around if b"=" in one)
                name = named.get(b"ROLLKEEPER_PROCESS") or named.get(b"ROLLKEEPER_APP") or b"other"
                if b"documents.reading.worker" in words:
                    name = b"document worker"
                found.setdefault(name.decode(), []).append(pid)
        return found

    def postmaster(self, store: stores.Store) -> int | None:
        try:
            return int(
                (self.instance / store.name / "pg" / "postmaster.pid").read_text("utf-8").splitlines()[0]
            )
        except (OSError, IndexError, ValueError):
            return None

    def backends(self, store: stores.Store) -> list[int]:
        """Return the processes of clients of a server."""
        parent, found = self.postmaster(store), []
        with suppress(OSError):
            for child in children_of(parent) if parent else ():
                words = Path(f"/proc/{child}/cmdline").read_bytes()
                if f"rollkeeper_{store.name}".encode() in words:
                    found.append(child)
        return found

    def accepts(self, store: stores.Store) -> bool:
        folder = self.instance / "run" / "sockets" / store.name
        return PGconn.ping(f"host={folder} port={store.port} connect_timeout=2".encode()) == Ping.OK

    def ready(self) -> bool:
        """Tell whether every app and every worker is ready."""
        client = [App(self.port + APPS.index(one)) for one in self.apps]
        try:
            if any(one.ask("GET", "/readyz")[0].status != 200 for one in client):
                return False
            folder = self.instance / "run" / "sockets" / "health"
            asked = [health.ask(place, timeout_s=5)[0] for place in folder.iterdir() if _answers(place)]
        except OSError:
            return False
        return len(asked) >= 3 and all(status == 200 for status in asked)


def _answers(place: Path) -> bool:
    """Tell whether a process answers at a socket: the socket of a killed process remains."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(5)
        try:
            wire.connect(str(place))
        except ConnectionRefusedError:
            return False
    return True


def _below(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():  # a thread has the children that it started
            with suppress(OSError):
                for child in map(int, (thread / "children").read_text("ascii").split()):
                    found += [child, *_below(child)]
    return found


def _form(app: App, who: dict[str, str], number: str, key: str) -> bytes:
    given = {f"subscriber__{name}": value for name, value in who.items()} | {
        "submission_key": key, "number": number, "service": "mobile", "language": "en", "double_checked": "on",
        "csrfmiddlewaretoken": app.cookies.get("rollkeeper_counter_csrf", ""),
    }  # fmt: skip
    return urlencode(given).encode()


class Senders:
    """Clerks who register one person after another; each sends a form again until it is acknowledged."""

    def __init__(self, served: Served, *, pause_s: float = PAUSE_S) -> None:
        self.done, self._served, self._over = Acknowledged(), served, threading.Event()
        self._pause_s = pause_s
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(SENDERS)]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let each clerk finish the present registration."""
        self._over.set()
        for one in self._threads:
            one.join(60)

    def _send(self) -> None:
        app = self._signed_in()
        while not self._over.is_set():
            number, who = fresh_number(), person()
            key = str(uuid.uuid4())
            sent = time.monotonic()
            while not self._over.is_set():
                said = self._ask(app, _form(app, who, number, key))
                if key in said:
                    self.done.numbers.append(Receipt(sent, time.monotonic(), number))
                    break
                if "/account/login" in said:
                    app = self._signed_in()
                self.done.refused[said] = self.done.refused.get(said, 0) + 1
                self._over.wait(self._pause_s)
            self._over.wait(self._pause_s)

    def _ask(self, app: App, form: bytes) -> str:
        try:
            answer, body = app.ask("POST", "/register/", form)
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is no receipt
            return type(fault).__name__
        if answer.status == 503 and b"disk" in body:
            return "503: the disk is full"
        return answer.headers.get("Location") or str(answer.status)

    def _signed_in(self) -> App:
        while not self._over.is_set():
            app = App(self._served.port + 1)
            with suppress(Exception):
                app.sign_in()
                return app
            self._over.wait(self._pause_s)
        return App(self._served.port + 1)
