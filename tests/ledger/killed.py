# SPDX-License-Identifier: EUPL-1.2
"""Write, integrate and publish in a separate instance while its server is repeatedly killed with kill -9.

Each round waits until one of the steps below begins for the first, second or third time, waits a little longer, by
chance, and kills every process of the server at once. Writers that are far ahead of the publisher wait for it: a busy machine does
not make a round longer. The machine itself lives on, and with it what the server gave to the kernel: so nothing here waits for the
disk, which only makes it slower. Prints as JSON which entries were acknowledged, which checkpoints were seen, how often the server
was killed in which step, and what was found in the register right after each restart.
"""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, connections
from django.db.utils import DatabaseError

from rollkeeper.kernel import database, stores
from rollkeeper.ledger import publication, sequencer
from rollkeeper.platform import embedded_postgres
from tests.instances import set_up_copy
from tests.processes import children_of, is_alive

INSERT = (
    "INSERT INTO ledger_entry (at, day, verb, body) VALUES (now(), '2012-03-02', 'line:line:changed', %s)"
)
STEPS = {
    "insert": None,  # a writer has inserted and not yet committed
    "integration": (sequencer, "_step"),
    "tile": (sequencer, "_fill_tiles"),
    "files": (publication, "_write_tiles"),
    "checkpoint": (publication, "_remember"),
}
HEAD = """
SELECT (SELECT count(*) FROM ledger_entry) AS entries, (SELECT count(*) FROM ledger_leaf) AS leaves,
       (SELECT coalesce(max(leaf_index) + 1, 0) FROM ledger_leaf) AS size,
       (SELECT coalesce(max(tile_index) + 1, 0) FROM ledger_tile WHERE level = 0) AS tiles,
       (SELECT coalesce(max(size), 0) FROM ledger_checkpoint) AS signed
"""


class Killer:
    """Kills the server a moment after the step that it waits for has begun."""

    def __init__(self) -> None:
        self.waits_for, self.times, self.begun = "", 1, threading.Event()

    def watch(self) -> None:
        """Watch for the beginning of the steps."""
        for step, place in STEPS.items():
            if place:
                module, name = place
                setattr(module, name, self._watched(step, getattr(module, name)))

    def has_begun(self, step: str) -> None:
        """Note that a step begins."""
        if step == self.waits_for:
            self.times -= 1
            if self.times <= 0:
                self.begun.set()

    def wait_for(self, step: str, *, times: int) -> None:
        """Wait until the step has begun this many times from now on."""
        self.waits_for, self.times = step, times
        self.begun.clear()

    def strike(self, *, delay: float) -> bool:
        """Wait for the step and a moment more, then kill; tell whether the step was running."""
        met = self.begun.wait(30)
        time.sleep(delay)
        struck = processes()
        for pid in struck:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(map(is_alive, struck)):
            time.sleep(0.002)
        return met

    def _watched(self, step: str, does: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*things: Any, **named: Any) -> Any:
            self.has_begun(step)
            return does(*things, **named)

        return watched


class Round:
    """One life of the server: writers and a publisher work until it is killed."""

    def __init__(
        self, number: int, killer: Killer, acknowledged: list[str], checkpoints: list[str], *, most: int
    ) -> None:
        self.number, self.killer, self.most_unpublished = number, killer, most
        self.acknowledged, self.checkpoints = acknowledged, checkpoints
        self.published, self.is_over = 0, False
        self.progress = threading.Condition()

    def write(self, writer: int) -> None:
        """Commit entries of one and of many, and note each once the server has acknowledged it."""
        try:
            with database.connect(stores.REGISTER, "migrator") as own:
                for turn in range(1_000_000):
                    self.wait_for_publisher()
                    many = 1 if turn % 5 else 120
                    names = [f"entry {self.number}.{writer}.{turn}.{n}" for n in range(many)]
                    with own.transaction(), own.cursor() as cursor:
                        cursor.executemany(INSERT, [[name] for name in names])
                        self.killer.has_begun("insert")
                    self.acknowledged.extend(names)
        except psycopg.Error:
            return

    def publish(self, folder: Path) -> None:
        """Publish again and again, and keep every checkpoint."""
        try:
            while True:
                publication.publish(folder)
                self.checkpoints.append((folder / "checkpoint").read_text("utf-8"))
                self.tell_writers(folder)
        except (DatabaseError, psycopg.Error):
            connections.close_all()
        finally:
            self.tell_writers(folder, is_over=True)

    def wait_for_publisher(self) -> None:
        """Wait while too much is unpublished."""
        with self.progress:
            self.progress.wait_for(
                lambda: self.is_over or len(self.acknowledged) - self.published < self.most_unpublished
            )

    def tell_writers(self, folder: Path, *, is_over: bool = False) -> None:
        """Wake the writers that wait for the publisher; they continue or end."""
        with self.progress:
            self.published, self.is_over = published(folder), is_over
            self.progress.notify_all()

    def live(self, folder: Path, *, delay: float) -> bool:
        """Let writers and publisher work, then kill the server with SIGKILL; tell whether it was in the step."""
        self.tell_writers(folder)
        work = [threading.Thread(target=self.write, args=(n,)) for n in range(2)]
        work.append(threading.Thread(target=self.publish, args=(folder,)))
        for thread in work:
            thread.start()
        met = self.killer.strike(delay=delay)
        for thread in work:
            thread.join()
        return met


def processes() -> list[int]:
    """Return the process ids of the register's server, the first that of the postmaster, then those of its children."""
    first = int((stores.REGISTER.data / "postmaster.pid").read_text("utf-8").splitlines()[0])
    return [first, *children_of(first)]


def main(*words: str) -> None:
    """Run this many rounds, then publish without a kill and print what was acknowledged. Arguments: folder, rounds, seed, most unpublished."""
    folder, (rounds, seed, most) = Path(words[0]), map(int, words[1:])
    set_up_copy()
    dice = random.Random(seed)  # noqa: S311
    killer, acknowledged, checkpoints = Killer(), [], []
    killer.watch()
    publication.os.sync = lambda: None
    killed: Counter[str] = Counter()
    heads = []
    for number in range(rounds):
        step = list(STEPS)[number % len(STEPS)]
        killer.wait_for(step, times=dice.randint(1, 3))
        life = Round(number, killer, acknowledged, checkpoints, most=most)
        killed[step if life.live(folder, delay=dice.choice([0, dice.uniform(0, 0.04)])) else "none"] += 1
        connection.close()
        embedded_postgres.ensure_running()
        heads.append(database.rows(HEAD)[0]._asdict() | {"published": published(folder)})
    publication.publish(folder)
    bodies = [row.body for row in database.rows("SELECT body FROM ledger_entry")]
    print(json.dumps({
        "lost": sorted(set(acknowledged) - set(bodies)), "acknowledged": len(acknowledged), "heads": heads,
        "checkpoints": checkpoints, "killed": killed, "end": database.rows(HEAD)[0]._asdict(), "amcheck": check_indexes(),
    }))  # fmt: skip
    connections.close_all()
    embedded_postgres.stop_if_unused()


def published(folder: Path) -> int:
    """Return how many entries the folder's checkpoint covers."""
    checkpoint = folder / "checkpoint"
    return int(checkpoint.read_text("utf-8").splitlines()[1]) if checkpoint.exists() else 0


def check_indexes() -> str:
    """Return what pg_amcheck reports; nothing if the indexes are sound."""
    checked = subprocess.run(
        [
            embedded_postgres.BINARIES / "pg_amcheck", "-h", stores.socket_folder(stores.REGISTER), "-p", str(stores.REGISTER.port),
            "-U", embedded_postgres.SUPERUSER, "--heapallindexed", "rollkeeper_register",
        ],
        env=os.environ | {"PGPASSFILE": str(stores.password_file(stores.REGISTER, embedded_postgres.SUPERUSER))},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return checked.stdout + checked.stderr
