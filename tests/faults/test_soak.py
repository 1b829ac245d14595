# SPDX-License-Identifier: EUPL-1.2
"""Whatever falls, fills up, jumps or drips: nothing acknowledged is lost or doubled, and all comes back by itself.

How long: `make soak SECONDS=600` (an hour by default). The order of the faults is that of ROLLKEEPER_SOAK_SEED.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from rollkeeper.kernel.stores import KEYS, REGISTER
from rollkeeper.ledger import auditor
from tests.command_server import common_server
from tests.faults import under_clock
from tests.faults.peers import DrippingDatagrams, DrippingServer, Network, Tap
from tests.faults.soak import APPS, PAUSE_S, Senders, Served, until
from tests.faults.strikes import LASTS_S, Strike, all_strikes
from tests.notices.centre import Centre
from tests.notices.centre import is_installed as centre_is_installed
from tests.operations.test_process_supervisor import free_ports

BACK_WITHIN_S = 150
"""What takes longer did not come back by itself."""
END_WITHIN_S = 150
SECONDS = int(os.environ.get("ROLLKEEPER_SOAK_SECONDS", "3600"))
FEW = (
    "the clock is off by +7d", "kill -9 both servers", "the disk is full", "kill -9 the counter's parent",
    "kill -9 the worker with keys", "the clock is off by -1d",
)  # fmt: skip
"""How the names of the faults begin that strike once each where the soak is not asked for."""


@dataclass(frozen=True)
class Size:
    """How many lines are to be cut, how long it goes on with faults, how long one lasts and a clerk rests; or a few strike once each.

    Also which apps are served, and how large a disk everything lies on: to fill one takes as long as it is large.
    """

    lines: int
    seconds: int = 0
    lasts_s: int = LASTS_S
    pause_s: float = PAUSE_S
    apps: tuple[str, ...] = APPS
    disk: str = "1500m"


TINY, WHOLE = (
    Size(lines=40, lasts_s=2, pause_s=0.8, apps=("counter",), disk="700m"),
    Size(lines=min(10_000, 100 + 2 * SECONDS), seconds=SECONDS),
)


@dataclass
class Row:
    """One kind of fault."""

    times: int = 0
    by_itself: bool = True
    back_s: list[float] = field(default_factory=list)
    register_s: list[float] = field(default_factory=list)
    keys_s: list[float] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    said: str = ""


@pytest.fixture
def folder(size: Size) -> Iterator[Path]:
    """Where the instance lies: on a small disk where one can be made."""
    made = Path(tempfile.mkdtemp(prefix="rk-soak-"))
    made.chmod(0o755)
    (made / "disk").mkdir(mode=0o755)
    if os.geteuid() == 0:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size.disk},mode=755", "tmpfs", made / "disk"], check=True
        )
    yield made
    if os.geteuid() == 0:
        subprocess.run(["umount", "--lazy", made / "disk"], check=True)
    shutil.rmtree(made)


def inside(served: Served, *words: object) -> str:
    """Run a part of the soak inside the instance; return what it said last."""
    done = common_server().run(
        "@tests.faults.soak_instance:main", *map(str, words), data_dir=served.instance,
        surroundings={"ROLLKEEPER_ROLE": "migrator", "ROLLKEEPER_SERVER_CONFIGURATION": ""},
    )  # fmt: skip
    logs = [served.instance / store.name / "server.log" for store in (REGISTER, KEYS)]
    assert done.returncode == 0, (
        done.stderr,
        [log.read_text("utf-8")[-2000:] for log in logs if log.exists()],
    )
    return (done.stdout.splitlines() or [""])[-1]


def strike(row: Row, what: Strike, served: Served, senders: Senders, tell: str) -> None:
    """Let one fault happen, and watch how everything comes back."""
    seen, begun = len(senders.done.numbers), time.monotonic()
    row.said = what() or row.said
    over = time.monotonic()
    marks = (
        (row.register_s, lambda: served.accepts(REGISTER)),
        (row.keys_s, lambda: served.accepts(KEYS)),
        (row.back_s, lambda: senders.done.since(over)),
        ([], served.ready),
    )
    for seconds, claim in marks:
        took = until(claim, BACK_WITHIN_S)
        row.by_itself &= took is not None
        seconds.append(time.monotonic() - over)
    row.times += 1
    row.numbers += [one.number for one in senders.done.numbers[seen:]]
    took = ", ".join(f"{one[-1]:.1f}" for one in (row.register_s, row.keys_s, row.back_s))
    print(
        f"{begun:.0f} {tell}: register, keys, registering after {took} s, all ready after {time.monotonic() - over:.1f} s;"
        f" {len(senders.done.numbers)} acknowledged",
        flush=True,
    )


def table(rows: dict[str, Row], lost: set[str], doubled: set[str]) -> str:
    """Write the table: of each time the median and the most, in seconds after the fault was over."""
    said = ["| fault | times | acknowledged | lost | doubled | registering | register | keys | by itself | |"]
    said.append("|---|--:|--:|--:|--:|--:|--:|--:|---|---|")
    for name, row in rows.items():
        cells = (
            name,
            row.times,
            len(row.numbers),
            len(lost & set(row.numbers)),
            len(doubled & set(row.numbers)),
            *map(_seconds, (row.back_s, row.register_s, row.keys_s)),
            "yes" if row.by_itself else "NO",
            row.said,
        )
        said.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(said)


def _seconds(taken: list[float]) -> str:
    return f"{statistics.median(taken):.1f}; {max(taken):.1f}" if taken else ""


@pytest.mark.parametrize(
    "size", [pytest.param(TINY, id="tiny"), pytest.param(WHOLE, marks=pytest.mark.soak, id="whole")]
)
def test_nothing_acknowledged_is_lost_or_doubled_and_all_comes_back(folder, tmp_path, capsys, size):
    dice = random.Random(int(os.environ.get("ROLLKEEPER_SOAK_SEED", "1")))  # noqa: S311
    with ExitStack() as stack:
        network = Network()
        stack.callback(network.close)
        dripping = {name: stack.enter_context(DrippingServer()) for name in ("mail", "hlr", "store")}
        radius = stack.enter_context(DrippingDatagrams())
        peers = {name: one.place for name, one in dripping.items()} | {
            "network": network.url,
            "radius": radius.place,
        }
        centre = None
        if centre_is_installed():
            running = Centre({})
            stack.callback(running.close)
            centre = stack.enter_context(Tap(running.port))
            peers["centre"] = f"smpp://rollkeeper@127.0.0.1:{centre.port}"
        served = Served(folder / "disk" / "instance", folder / "clock", free_ports(), size.apps)
        inside(served, "make", size.lines, json.dumps(peers))
        log = served.instance / "ledger" / "public"
        older = tmp_path / "older"
        shutil.copy(log / "checkpoint", older)
        thread = threading.Thread(target=served.keep_serving)
        thread.start()
        try:
            senders = stack.enter_context(Senders(served, pause_s=size.pause_s))
            assert until(lambda: senders.done.since(0) and served.ready(), 120), senders.done.refused
            with capsys.disabled():
                strikes = all_strikes(
                    served, network, centre, has_small_disk=os.geteuid() == 0, lasts_s=size.lasts_s
                )
                rows = _besiege(dice, size.seconds, strikes, served, senders)
                senders.stop()  # each registration is another command: there would be no end
                rest = inside(served, "finish", END_WITHIN_S)
                # Who waits for a server that drips keeps no one waiting: a short siege may end before it was asked at all.
                until(
                    lambda: all(one.connections for one in dripping.values()) and radius.datagrams,
                    END_WITHIN_S,
                )
        finally:
            stack.pop_all().close()
            code = served.stop()
            thread.join()
    numbers = [one.number for one in senders.done.numbers]
    (tmp_path / "numbers").write_text(json.dumps(numbers), "ascii")
    found = json.loads(inside(served, "check", log, tmp_path / "numbers"))
    entries = auditor.audit(log, key=auditor.read_key((log / "vkey").read_text("utf-8")), older=[older]).size

    used = {name: one.connections for name, one in dripping.items()} | {"radius": radius.datagrams}
    with capsys.disabled():
        print("\n" + table(rows, set(found["lost"]), set(found["doubled"])))
        print(
            f"{len(numbers)} registrations acknowledged, {found['stories']}, {entries} entries in the ledger, which continues the older one;"
            f" dripped always: {used}; the message centre {f'{centre.dripped} bytes' if centre else 'NOT TRIED'}; answers that were no receipt: {senders.done.refused};"
            f" clock {'set' if under_clock.library() else 'NOT TRIED: libfaketime is not installed'},"
            f" disk {'filled' if os.geteuid() == 0 else 'NOT TRIED: only root makes a small one'}"
        )
    assert (found["lost"], found["doubled"], found["amcheck"]) == ([], [], "")
    assert [name for name, times in used.items() if not times] == []
    assert found["stories"] == [["suspended", 1, 1, 1, 1, size.lines]]
    assert [name for name, row in rows.items() if not row.by_itself] == []
    assert not any(json.loads(rest).values()), (
        f"the batch, the network or the notices did not come to their end: {rest}"
    )
    assert code == 0


def _besiege(dice, seconds, strikes, served, senders) -> dict[str, Row]:
    """Let one fault after the other happen, each kind once before any comes again; without seconds a few, once each."""
    rows = {name: Row() for name in strikes}
    deck = [] if seconds else [name for first in reversed(FEW) for name in strikes if name.startswith(first)]
    ends = time.monotonic() + seconds
    while time.monotonic() < ends or (deck and not seconds):
        deck = deck or dice.sample(list(strikes), len(strikes))
        name = deck.pop()
        strike(rows[name], strikes[name], served, senders, name)
        time.sleep(dice.uniform(0, 1))
    return {name: row for name, row in rows.items() if row.times}
