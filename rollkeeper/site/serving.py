# SPDX-License-Identifier: EUPL-1.2
"""Starts the faces, watches over them and stops them: only what it started itself.

Each face is a child process with its own role in the database (`site/faces.py`). If one ends, all end: half a
register that looks like a whole one is worse than none.
"""

import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, cast

from rollkeeper.kernel import server
from rollkeeper.kernel.console import err, out
from rollkeeper.kernel.errors import raise_all
from rollkeeper.kernel.settings import HomeKind, home, is_made, settings
from rollkeeper.site.beside import beside_faces, kept, workers
from rollkeeper.site.errors import AssetsMissing, FaceDidNotStart, HostNotKnown, PortTaken
from rollkeeper.site.face_logs import keep_what_is_said
from rollkeeper.site.faces import FACES, SHEET, Face
from rollkeeper.site.handing import Handed
from rollkeeper.site.preloaded import ForkedProcess, Preloader

START_SECONDS = 60
RENEW_SECONDS = 5
STOP_SECONDS = 10
HIGHEST_PORT = 65_535


@dataclass(slots=True)
class Running:
    """One face and its process."""

    face: Face
    host: str
    port: int
    process: subprocess.Popen[bytes] | ForkedProcess
    handed: Handed
    log: threading.Thread

    @property
    def address(self) -> str:
        """Return what to type into a browser."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


def serve(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    faces: Sequence[Face] = FACES,
    works: bool = True,
    is_compact: bool = False,
) -> None:
    """Open the home and serve it until somebody stops it; with `works`, do beside it what the house does by itself.

    With `is_compact`, for a demo: the apps share memory, and one process is both the porter and the worker that holds keys.
    Refuses: PortTaken, HostNotKnown, AssetsMissing, FaceDidNotStart.
    """
    if not SHEET.exists():
        raise AssetsMissing(file=SHEET)
    _demand_free_ports(host, port, faces)
    if not is_made():
        from rollkeeper.site import boot

        boot.open_home()
    _let_go_of_the_stores()
    server.web_secret()
    with _stop_signals() as stop, ExitStack() as stack:
        preloader = Preloader() if is_compact else None
        if preloader:
            stack.callback(preloader.stop)
        running = [_start(face, host, port, preloader) for face in faces]
        stack.callback(_stop, running)
        server.ensure_ours_running()  # the servers start while the faces load
        for one in running:
            if not _wait_until_well(one, stop):
                return
        _announce(running)
        beside = stack.enter_context(kept(beside_faces(faces, works=works, is_compact=is_compact)))
        renewed = time.monotonic()
        while not stop:
            for other in beside:
                other.keep_going()
            _demand_alive(running)
            if time.monotonic() > renewed + RENEW_SECONDS:
                renewed = _renew(running)
            time.sleep(0.2)
        err.print("Stopping ...")


def work() -> None:
    """Do what the house does by itself, without any face, until somebody stops it."""
    with _stop_signals() as stop, kept(workers()) as beside:
        out.print("Working. Stop it with Ctrl-C.")
        sys.stdout.flush()
        while not stop:
            for one in beside:
                one.keep_going()
            time.sleep(0.2)
        err.print("Stopping ...")


def _renew(running: Sequence[Running]) -> float:
    """Hand over again what changed in the home; return when. It reads some thirty files: not at every turn."""
    for one in running:
        one.handed.renew()
    return time.monotonic()


def _let_go_of_the_stores() -> None:
    """Close what this process opened to make the home: a rotation of keys waits for whoever has sealed and is still there."""
    if "django.db" in sys.modules:
        from django.db import connections

        connections.close_all()


def _announce(running: Sequence[Running]) -> None:
    for one in running:
        out.print(f"{one.face.name:<8} {one.address}", markup=False)
    if settings().kind is HomeKind.TRIAL:
        out.print("A trial home: every person in it is invented.")
    elif not all(one.handed.user for one in running):
        err.print(
            "The faces run as the same user as everything else here: whoever takes one over can read the root of trust."
            " Serve as root, or let a key service be the root (docs/decisions/0009-a-user-for-each-part.md).",
            markup=False,
        )
    out.print("Ready. Stop it with Ctrl-C.")
    sys.stdout.flush()


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """Collect the wishes to stop; put the former handlers back afterwards."""
    wishes: list[int] = []

    def wish(number: int, _frame: FrameType | None) -> None:
        wishes.append(number)

    former = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wishes
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _start(face: Face, host: str, base_port: int, preloader: Preloader | None) -> Running:
    port = base_port + face.port_offset
    handed = Handed.to(face)
    environment = handed.environment() | {
        "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings",
        "PYTHONUNBUFFERED": "1",
        "ROLLKEEPER_FACE": face.name,
        "ROLLKEEPER_HOSTS": f"{os.environ.get('ROLLKEEPER_HOSTS', '')} {host}",
        "ROLLKEEPER_PORT": str(base_port),
        "ROLLKEEPER_ROLE": face.role.value,
    }
    process = (
        preloader.fork(host, port, environment=environment, folder=handed.folder, user=handed.user)
        if preloader
        else _started(host, port, environment, handed)
    )
    return Running(
        face, host, port, process, handed, keep_what_is_said(cast("IO[bytes]", process.stdout), log_of(face))
    )


def _started(host: str, port: int, environment: dict[str, str], handed: Handed) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "rollkeeper.site.face_process", host, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        cwd=handed.folder,
        user=handed.user,
        group=handed.user,
        extra_groups=[] if handed.user else None,
        start_new_session=True,  # Ctrl-C reaches the parent alone, who stops its children in order
    )


def log_of(face: Face) -> Path:
    """Return where a face writes its log."""
    return home() / "logs" / f"{face.name}.log"


def _stop(running: Sequence[Running]) -> None:
    for one in running:
        if one.process.poll() is None:
            one.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for one in running:
        try:
            one.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
        # Each face leads a process group of its own; whatever it left behind there is ours to end.
        with suppress(ProcessLookupError):
            os.killpg(one.process.pid, signal.SIGKILL)
        if one.process.stdin:
            one.process.stdin.close()
        one.log.join(STOP_SECONDS)
        one.handed.clear()


def _wait_until_well(one: Running, stop: Sequence[int]) -> bool:
    """Return True once the face answers, False where somebody wants to stop before."""
    deadline = time.monotonic() + START_SECONDS
    while not stop:
        _demand_alive([one])
        if _is_well(one):
            return True
        if time.monotonic() > deadline:
            raise FaceDidNotStart(
                face=one.face.name, why=f"no answer in {START_SECONDS} s", log=log_of(one.face)
            )
        time.sleep(0.05)
    return False


def _is_well(one: Running) -> bool:
    reach = "127.0.0.1" if one.host == "0.0.0.0" else "::1" if one.host == "::" else one.host  # noqa: S104
    asked = http.client.HTTPConnection(reach, one.port, timeout=5)
    try:
        asked.request("GET", "/healthz", headers={"Host": "localhost", "Accept": "text/plain"})
        return asked.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        asked.close()


def _demand_alive(running: Sequence[Running]) -> None:
    for one in running:
        code = one.process.poll()
        if code is not None:
            raise FaceDidNotStart(
                face=one.face.name, why=f"its process ended with code {code}", log=log_of(one.face)
            )


def _demand_free_ports(host: str, base_port: int, faces: Sequence[Face]) -> None:
    raise_all([fault for face in faces if (fault := _port_fault(host, base_port + face.port_offset, face))])


def _port_fault(host: str, port: int, face: Face) -> PortTaken | HostNotKnown | None:
    if not 0 < port <= HIGHEST_PORT:
        return PortTaken(port=port, host=host, face=face.name, why=f"ports go from 1 to {HIGHEST_PORT}")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as fault:
        return HostNotKnown(host=host, why=fault.strerror)
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
        except OSError as fault:
            if fault.errno == errno.EADDRNOTAVAIL:
                return HostNotKnown(host=host, why=fault.strerror)
            return PortTaken(port=port, host=host, face=face.name, why=fault.strerror)
    return None
