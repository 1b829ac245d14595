# SPDX-License-Identifier: EUPL-1.2
"""The faults of the soak: each strikes once and returns when it is over; then it is watched how everything comes back."""

import io
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from rollkeeper.kernel.stores import KEYS, REGISTER
from tests.bench.bench_counter import App
from tests.faults import under_clock
from tests.faults.peers import Network
from tests.faults.soak import Served, kill

Strike = Callable[[], str | None]
"""Does it; returns a word about it, if there is one."""
SLOW_CLIENTS = 200
MOST_MIB = 64
"""By how much an app may grow for them."""
_LASTS_S = 5
_DRIPS_S = 12


class Held(NamedTuple):
    """What a process holds."""

    mib: int
    descriptors: int
    threads: int

    def said(self) -> str:
        return f"{self.mib} MiB, {self.descriptors} descriptors, {self.threads} threads"


def all_strikes(served: Served, network: Network, *, has_small_disk: bool) -> dict[str, Strike]:
    """Return every fault by its name in the table."""
    found: dict[str, Strike] = {
        "kill -9 the process that answers at the counter": lambda: _kill_named(served, "counter", 1),
        "kill -9 the counter's parent": lambda: _kill_named(served, "counter", 0),
        "kill -9 the back office": lambda: _kill_named(served, "backoffice"),
        "kill -9 the portal": lambda: _kill_named(served, "portal"),
        "kill -9 the vault service": lambda: _kill_named(served, "vault"),
        "kill -9 the worker with keys": lambda: _kill_named(served, "worker-with-keys"),
        "kill -9 the worker without keys": lambda: _kill_named(served, "worker-without-keys"),
        "kill -9 the portal worker": lambda: _kill_named(served, "portal-worker"),
        "kill -9 the document worker": lambda: _kill_while_reading(served),
        "kill -9 the register's server": lambda: kill([served.postmaster(REGISTER)]),
        "kill -9 the keys' server": lambda: kill([served.postmaster(KEYS)]),
        "kill -9 both servers": lambda: kill([served.postmaster(REGISTER), served.postmaster(KEYS)]),
        "kill -9 a session of the register": lambda: kill(served.backends(REGISTER)[:1]),
        "kill -9 a session of the keys": lambda: kill(served.backends(KEYS)[:1]),
        "the keys' server hangs (SIGSTOP)": lambda: _hang(served),
        "kill -9 `serve`": lambda: kill([served.process.pid]),
        "kill -9 everything at once": lambda: _kill_everything(served),
        f"the network drips for {_DRIPS_S} s": lambda: network.drip(_DRIPS_S),
        f"{SLOW_CLIENTS} clients that never finish": lambda: _be_slow(served),
    }
    if has_small_disk:
        found["the disk is full for some seconds"] = lambda: _fill(served.instance.parent)
    if under_clock.library():
        for by in ("+1d", "+7d", "-1d"):
            found[f"the clock is off by {by} for {_LASTS_S} s"] = lambda by=by: _set_clock(served, by)
    return found


def _kill_named(served: Served, name: str, nth: int | None = None) -> str | None:
    pids = served.family().get(name, [])
    chosen = pids if nth is None else pids[nth : nth + 1]
    kill(chosen)
    return None if chosen else "was not there"


def _kill_while_reading(served: Served) -> str | None:
    """Hand in a picture, so that the worker is there."""
    app = App(served.port + 1)
    app.sign_in()
    edge, drawn = "an-edge", io.BytesIO()
    Image.new("RGB", (1200, 800), "white").save(drawn, "JPEG")
    parts = {"csrfmiddlewaretoken": app.cookies["rollkeeper_counter_csrf"], "service": "mobile"}
    fields = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    picture = f'--{edge}\r\nContent-Disposition: form-data; name="picture"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    app.headers["Content-Type"] = f"multipart/form-data; boundary={edge}"
    app.ask(
        "POST",
        "/register/read/subscriber/",
        (fields + picture).encode() + drawn.getvalue() + f"\r\n--{edge}--\r\n".encode(),
    )
    return _kill_named(served, "document worker")


def _kill_everything(served: Served) -> None:
    family = [pid for pids in served.family().values() for pid in pids]
    kill([served.process.pid, served.postmaster(REGISTER), served.postmaster(KEYS), *family])


def _hang(served: Served) -> None:
    os.kill(served.postmaster(KEYS), signal.SIGSTOP)


def _fill(disk: Path) -> None:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as out:
        with suppress(OSError):
            os.posix_fallocate(out.fileno(), 0, shutil.disk_usage(disk).free)
        out.seek(0, os.SEEK_END)
        with suppress(OSError):
            while True:
                out.write(b"x" * 4096)
    time.sleep(_LASTS_S)
    ballast.unlink()


def _set_clock(served: Served, by: str) -> None:
    under_clock.set_clock(served.clock_file, by)
    time.sleep(_LASTS_S)
    under_clock.set_clock(served.clock_file, "+0d")


def _be_slow(served: Served) -> str:
    """Open many connections, half of them in the head of a request and half in its body; return what the app then holds."""
    head = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
    answering = served.family().get("counter", [])[1:2]
    before = _held(answering)
    with ExitStack() as stack:
        for nth in range(SLOW_CLIENTS):
            with suppress(OSError):
                wire = stack.enter_context(socket.create_connection(("127.0.0.1", served.port + 1), 2))
                wire.sendall(head + (b"\r\nlogin=" if nth % 2 else b"Content-Type:"))
        time.sleep(_LASTS_S)
        during = _held(answering)
    assert during.mib < before.mib + MOST_MIB
    assert during.descriptors < before.descriptors + SLOW_CLIENTS + 20
    assert during.threads < before.threads + 20
    return f"{before.said()} -> {during.said()}"


def _held(pids: list[int]) -> Held:
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        resident, threads = (
            int(next(line.split()[1] for line in status.splitlines() if line.startswith(name)))
            for name in ("VmRSS:", "Threads:")
        )
        return Held(resident // 1024, len(list(_open_files(pid))), threads)
    return Held(0, 0, 0)


def _open_files(pid: int) -> Iterator[Path]:
    with suppress(OSError):
        yield from Path(f"/proc/{pid}/fd").iterdir()
