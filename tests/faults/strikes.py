# SPDX-License-Identifier: EUPL-1.2
"""The faults of the soak. Each strikes once and returns when it is over; then the soak measures the recovery."""

import io
import os
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PIL import Image

from rollkeeper.kernel.stores import KEYS, REGISTER
from tests.bench.bench_counter import App
from tests.faults import asleep, under_clock
from tests.faults.peers import Network, Tap
from tests.faults.slow_clients import SLOW_CLIENTS, held, require_little_more, slow_clients
from tests.faults.soak import Served, kill, until

Strike = Callable[[], str | None]
"""Strikes, and returns a remark or nothing."""
LASTS_S = 5
_DRIPS_S = 12


def all_strikes(
    served: Served, network: Network, centre: Tap | None, *, has_small_disk: bool, lasts_s: int = LASTS_S
) -> dict[str, Strike]:
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
        "a signal holds the keys' server (SIGSTOP)": lambda: os.kill(served.postmaster(KEYS), signal.SIGSTOP),
        "kill -9 `serve`": lambda: _kill_serve(served),
        "kill -9 everything at once": lambda: _kill_everything(served),
        f"the network drips for {_DRIPS_S} s": lambda: network.drip(_DRIPS_S),
        f"{SLOW_CLIENTS} clients that never finish": lambda: _be_slow(served),
    }
    if centre is not None:
        found[f"the message centre drips for {_DRIPS_S} s"] = lambda: centre.drip(_DRIPS_S)
    if asleep.is_possible():
        found |= {
            "the keys' server hangs": lambda: asleep.put_to_sleep(served.postmaster(KEYS)),
            "the register's server hangs": lambda: asleep.put_to_sleep(served.postmaster(REGISTER)),
        }
    if has_small_disk:
        found["the disk is full for some seconds"] = lambda: _fill(served.instance.parent, lasts_s)
    if under_clock.library():
        for by in ("+1d", "+7d", "-1d"):
            found[f"the clock is off by {by} for some seconds"] = lambda by=by: _set_clock(
                served, by, lasts_s
            )
    return found


def _kill_named(served: Served, name: str, nth: int | None = None) -> str | None:
    pids = served.family().get(name, [])
    chosen = pids if nth is None else pids[nth : nth + 1]
    kill(chosen)
    return None if chosen else "was not there"


def _kill_while_reading(served: Served) -> str | None:
    """Send a picture, so that the document worker runs."""
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


def _kill_serve(served: Served) -> None:
    """Kill `serve`, and wait until its counter has ended. The counter answers a moment longer; a registration in that moment is no recovery."""
    counter = served.family()["counter"]
    kill([served.process.pid])
    until(lambda: not any(Path(f"/proc/{one}").exists() for one in counter), LASTS_S)


def _kill_everything(served: Served) -> None:
    family = [pid for pids in served.family().values() for pid in pids]
    kill([served.process.pid, served.postmaster(REGISTER), served.postmaster(KEYS), *family])


def _fill(disk: Path, lasts_s: int) -> None:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as out:
        with suppress(OSError):
            os.posix_fallocate(out.fileno(), 0, shutil.disk_usage(disk).free)
        out.seek(0, os.SEEK_END)
        with suppress(OSError):
            while True:
                out.write(b"x" * 4096)
    time.sleep(lasts_s)
    ballast.unlink()


def _set_clock(served: Served, by: str, lasts_s: int) -> None:
    under_clock.set_clock(served.clock_file, by)
    time.sleep(lasts_s)
    under_clock.set_clock(served.clock_file, "+0d")


def _be_slow(served: Served) -> str:
    """Open many connections, half of them stopped in the head of a request and half in its body; return what the app then uses."""
    (answering,) = served.family()["counter"][1:2]
    before = held(answering)
    with slow_clients(served.port + 1):
        time.sleep(LASTS_S)
        during = held(answering)
    require_little_more(before, during)
    return f"{before.said()} -> {during.said()}"
