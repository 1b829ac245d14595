# SPDX-License-Identifier: EUPL-1.2
"""Write, integrate and publish in a home of its own while its server is killed with kill -9 again and again.

    python killed.py FOLDER ROUNDS SEED

Prints as JSON which entries were acknowledged, which checkpoints were seen, and how often the server was killed.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from pathlib import Path

import django

django.setup()

import psycopg
from django.db import connection
from django.db.utils import DatabaseError

from rollkeeper.kernel import database, server
from rollkeeper.kernel.settings import HomeKind
from rollkeeper.ledger.publishing import publish
from rollkeeper.site import boot

INSERT = (
    "INSERT INTO ledger_entry (at, day, verb, body) VALUES (now(), '2012-03-02', 'line:line:changed', %s)"
)


class Round:
    """One life of the server: writers and a publisher work until somebody kills it."""

    def __init__(self, number: int, acknowledged: list[str], checkpoints: list[str]) -> None:
        self.number, self.acknowledged, self.checkpoints = number, acknowledged, checkpoints

    def write(self, writer: int) -> None:
        """Commit entries of one and of many, and note each once the server has acknowledged it."""
        try:
            with database.connect(server.REGISTER, "sweep") as own:
                for turn in range(1_000_000):
                    many = 1 if turn % 5 else 120
                    names = [f"entry {self.number}.{writer}.{turn}.{n}" for n in range(many)]
                    with own.transaction(), own.cursor() as cursor:
                        cursor.executemany(INSERT, [[name] for name in names])
                    self.acknowledged.extend(names)
        except psycopg.Error:
            return

    def publish(self, folder: Path) -> None:
        """Publish on and on, and keep every checkpoint that appears."""
        try:
            while True:
                publish(folder)
                self.checkpoints.append((folder / "checkpoint").read_text("utf-8"))
        except (DatabaseError, psycopg.Error):
            connection.close()

    def live(self, folder: Path, seconds: float) -> None:
        """Let everybody work, then kill the server without a word."""
        work = [threading.Thread(target=self.write, args=(n,)) for n in range(2)]
        work.append(threading.Thread(target=self.publish, args=(folder,)))
        for thread in work:
            thread.start()
        time.sleep(seconds)
        os.kill(postmaster(), signal.SIGKILL)
        for thread in work:
            thread.join()


def postmaster() -> int:
    """Return the process id of the register's server."""
    return int((server.REGISTER.data / "postmaster.pid").read_text("utf-8").splitlines()[0])


def main(folder: Path, rounds: int, seed: int) -> None:
    """Live so many rounds, then publish in peace and say what was acknowledged."""
    boot.make_home(HomeKind.TRIAL)
    dice = random.Random(seed)  # noqa: S311
    acknowledged: list[str] = []
    checkpoints: list[str] = []
    for number in range(rounds):
        Round(number, acknowledged, checkpoints).live(folder, dice.uniform(0.05, 0.6))
        server.ensure_running()
        connection.close()
    publish(folder)
    checked = check_indexes()
    bodies = [row.body for row in database.rows("SELECT body FROM ledger_entry")]
    tiles = database.rows("SELECT count(*) AS n FROM ledger_tile WHERE level = 0")[0].n
    leaves = database.rows("SELECT count(*) AS n FROM ledger_leaf")[0].n
    print(json.dumps({
        "lost": sorted(set(acknowledged) - set(bodies)), "acknowledged": len(acknowledged), "entries": len(bodies),
        "checkpoints": checkpoints, "tiles": tiles, "leaves": leaves, "amcheck": checked,
    }))  # fmt: skip
    connection.close()
    server.stop_if_unused()


def check_indexes() -> str:
    """Return what pg_amcheck has to say; nothing where all is well."""
    import subprocess

    checked = subprocess.run(
        [
            server.BINARIES / "pg_amcheck", "-h", server.socket_folder(), "-p", str(server.REGISTER.port),
            "-U", server.SUPERUSER, "--heapallindexed", "rollkeeper_register",
        ],
        env=os.environ | {"PGPASSFILE": str(server.password_file(server.REGISTER, server.SUPERUSER))},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return checked.stdout + checked.stderr


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
