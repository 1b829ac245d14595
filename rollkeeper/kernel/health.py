# SPDX-License-Identifier: EUPL-1.2
"""The health of processes: alive means that a process answers, ready that it can do its work now.

An app answers on its own port (`site/home_page.py`). Every other process answers the same two addresses on a socket in the instance, for
its owner alone. An answer "not ready" names the missing parts (register, keys, root, disk, jobs) and says in fixed words what is wrong, never a
value. To give a process another part, hand it over as a `Part`.

    GET /healthz    200 "ok"
    GET /readyz     200 "ready", or 503 and a line for each part that is missing
"""

import datetime as dt
import http.client
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Final

from django.db import connections

from rollkeeper import __version__
from rollkeeper.kernel import room, stores
from rollkeeper.kernel.database import action, is_out_of_reach, rows, run
from rollkeeper.kernel.errors import SETUP_OUTDATED, RollkeeperError

_ANSWER_S: Final = 5
_AWAY: Final = "its database server does not answer, or refuses the connection"
_BROKEN: Final = "it does not work; 'rollkeeper doctor' says why"
_ALIVE: Final = "/healthz"
_READY: Final = "/readyz"
HEALTH_PATHS: Final = frozenset({_ALIVE, _READY})


class NotReady(Exception):
    """What is wrong with a part, in fixed words that hold no value."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing without which a process cannot do its work; the check raises where it is missing."""

    name: str
    check: Callable[[], object]


def missing(parts: Sequence[Part]) -> dict[str, str]:
    """Return the parts that are missing, each with the code of the refusal, or what is wrong in plain words."""
    found = {}
    for part in parts:
        try:
            part.check()
        except RollkeeperError as refused:
            found[part.name] = refused.code
        except NotReady as said:
            found[part.name] = str(said)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the part is missing; its text may hold a value
            found[part.name] = _AWAY if is_out_of_reach(fault) else _BROKEN
    return found


def register_part() -> Part:
    """Return the part: the register answers, can be written to, and was set up by this version."""
    return Part("register", _require_register)


def disk_part() -> Part:
    """Return the part: there is room on the instance's disk."""
    return Part("disk", require_room)


def require_room() -> None:
    """Require room on the disk for the next record. Raises NotReady."""
    if room.is_out():
        raise NotReady("it is full")


def _require_register() -> None:
    (found,) = rows("SELECT pg_is_in_recovery() AS is_replica")
    if found.is_replica:
        raise NotReady("its database server is a replica, which cannot be written to")
    require_set_up()


def require_set_up() -> None:
    """Require that `rollkeeper setup` was run with this version; a patch version changes no table. Refuses: SETUP_OUTDATED."""
    said = set_up_by()
    if _minor(said) != _minor(__version__):
        raise SETUP_OUTDATED(found=said or f"< {__version__}", version=__version__)


def set_up_by() -> str:
    """Return the version whose `rollkeeper setup` ran last; empty before the first, and for a version that did not note it."""
    (found,) = rows("SELECT to_regproc('kernel_set_up_by') IS NOT NULL AS says")
    return str(rows("SELECT kernel_set_up_by() AS version")[0].version) if found.says else ""


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def answer_text(path: str, parts: Sequence[Part]) -> tuple[int, str]:
    """Return status and body of the answer to one of the two addresses."""
    if path == _ALIVE:
        return HTTPStatus.OK, "ok\n"
    if path != _READY:
        return HTTPStatus.NOT_FOUND, "not found\n"
    lacking = missing(parts)
    if not lacking:
        return HTTPStatus.OK, "ready\n"
    return HTTPStatus.SERVICE_UNAVAILABLE, "".join(f"{name}: {why}\n" for name, why in lacking.items())


def sockets_folder() -> Path:
    """Return where the sockets of processes lie; their owner alone may enter."""
    return stores.sockets() / "health"


@contextmanager
def answering(name: str, parts: Sequence[Part]) -> Iterator[None]:
    """Answer for this process, under this name, for the length of a block."""
    folder = sockets_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / name
    with suppress(FileNotFoundError):
        place.unlink()
    with _HealthSocket(str(place), parts) as server:
        threading.Thread(target=server.answer, name="health", daemon=True).start()
        try:
            yield
        finally:
            server.end()
            place.unlink(missing_ok=True)


class _HealthSocket(socketserver.ThreadingUnixStreamServer):
    """Sleeps until a request or `end` wakes it; `serve_forever` would check twice a second whether to end, and would end late."""

    daemon_threads = True

    def __init__(self, place: str, parts: Sequence[Part]) -> None:
        self.parts = parts
        self._is_over, self._ended = False, threading.Event()
        super().__init__(place, _Handler)

    def answer(self) -> None:
        """Answer requests until `end` is called."""
        while not self._is_over:
            self.handle_request()
        self._ended.set()

    def end(self) -> None:
        """Wake the thread that answers, and wait until it has stopped."""
        self._is_over = True
        self.socket.shutdown(socket.SHUT_RDWR)
        self._ended.wait(_ANSWER_S)


class _Handler(BaseHTTPRequestHandler):
    server: _HealthSocket
    timeout = _ANSWER_S

    def do_GET(self) -> None:
        try:
            status, said = answer_text(self.path, self.server.parts)
        finally:
            connections.close_all()  # of this thread alone
        body = said.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "local"

    def log_message(self, *_: Any) -> None:
        """Log no request."""


@dataclass(frozen=True, slots=True)
class FindingView:
    """One sentence of the doctor's last examination, as a page shows it."""

    check: str
    health: str
    sentence: str
    remedy: str
    found_at: dt.datetime


def keep_findings(found: Sequence[tuple[str, str, str, str]]) -> None:
    """Store the doctor's findings, each as check, health, sentence and remedy, in place of the former ones."""
    with action():
        run("DELETE FROM kernel_healthfinding")
        for position, one in enumerate(found):
            run(
                "INSERT INTO kernel_healthfinding (position, check_name, health, sentence, remedy, found_at)"
                " VALUES (%s, %s, %s, %s, %s, clock_timestamp())",
                [position, *one],
            )


def last_findings() -> list[FindingView]:
    """Return what the doctor found when the worker with keys last asked it, errors first."""
    found = rows(
        "SELECT check_name, health, sentence, remedy, found_at FROM kernel_healthfinding"
        " ORDER BY array_position(ARRAY['error', 'warning', 'ok'], health), position"
    )
    return [FindingView(*row) for row in found]


@dataclass(frozen=True, slots=True)
class ProcessHealth:
    """What one process answered."""

    process: str
    alive: bool
    ready: bool
    missing: str


def examine_processes() -> list[ProcessHealth]:
    """Ask every process that has a socket; a killed process is left out, and a process that hangs is not alive."""
    folder = sockets_folder()
    return [
        found
        for place in (sorted(folder.iterdir()) if folder.exists() else ())
        if (found := _examined(place))
    ]


def examine_app(port: int) -> ProcessHealth:
    """Ask the app that listens on a port of this machine, by IPv4 or, if none does, by IPv6."""
    name = f"app on port {port}"
    for host in ("127.0.0.1", "::1"):
        try:
            return _said(name, *_answer(http.client.HTTPConnection(host, port, timeout=30), "/readyz"))
        except ConnectionRefusedError:
            continue
        except (OSError, http.client.HTTPException):
            break
    return _silent(name)


def _examined(place: Path) -> ProcessHealth | None:
    try:
        return _said(place.name, *ask(place))
    except ConnectionRefusedError:  # its process was killed
        place.unlink(missing_ok=True)
        return None
    except OSError:
        return _silent(place.name)


def _said(name: str, status: int, said: str) -> ProcessHealth:
    is_ready = status == HTTPStatus.OK
    return ProcessHealth(
        name, alive=True, ready=is_ready, missing="" if is_ready else said.strip().replace("\n", "; ")
    )


def _silent(name: str) -> ProcessHealth:
    return ProcessHealth(name, alive=False, ready=False, missing="it does not answer")


def ask(place: Path, path: str = "/readyz", *, timeout_s: float = 30) -> tuple[int, str]:
    """Ask a process by its socket. Raises OSError where it does not answer."""
    return _answer(_OverSocket(place, timeout_s=timeout_s), path)


def _answer(asked: http.client.HTTPConnection, path: str) -> tuple[int, str]:
    try:
        asked.request("GET", path, headers={"Host": "localhost", "Accept": "text/plain"})
        answer = asked.getresponse()
        return answer.status, answer.read().decode()
    finally:
        asked.close()


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, place: Path, *, timeout_s: float) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._place))
