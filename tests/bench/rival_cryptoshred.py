# SPDX-License-Identifier: EUPL-1.2
"""The package `cryptoshred` on as many people; run by its own interpreter.

Its own store is a cloud service, which a bench cannot use. This one keeps keys in a table of SQLite, and commits each change before the
call returns: with `FULL` to the disk, with `OFF` to the kernel's memory. The package's own cache stays on, as with its own store.
"""

import json
import sqlite3
import sys
import time
from functools import lru_cache
from pathlib import Path
from secrets import token_bytes
from uuid import uuid4

from cryptoshred.backends import KeyBackend
from cryptoshred.entities import container_for
from cryptoshred.exceptions import KeyNotFoundException


class SqliteBackend(KeyBackend):
    """Keys in one table; with `synchronous` FULL, SQLite waits for the disk at each commit."""

    def __init__(self, file: Path, synchronous: str) -> None:
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute(f"PRAGMA synchronous = {synchronous}")
        self._db.execute("CREATE TABLE key (id BLOB PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID")
        self._iv = token_bytes(16)

    @lru_cache(maxsize=1000)  # noqa: B019 - as the package has it
    def get_key(self, id):  # noqa: A002 - the package's own name
        found = self._db.execute("SELECT key FROM key WHERE id = ?", [id.bytes]).fetchone()
        if not found:
            raise KeyNotFoundException
        return id, found[0]

    def get_iv(self):
        return self._iv

    def generate_key(self):
        made = uuid4()
        self._db.execute("INSERT INTO key VALUES (?, ?)", [made.bytes, token_bytes(32)])
        return made

    def shred(self, id):  # noqa: A002 - as above
        self._db.execute("DELETE FROM key WHERE id = ?", [id.bytes])


def main(count: int, folder: Path, synchronous: str) -> None:
    backend = SqliteBackend(folder / "keys.sqlite", synchronous)
    began = time.perf_counter()
    people = [seal(backend, n) for n in range(count)]
    sealed = time.perf_counter()
    for containers in people:
        backend.shred(containers[0].id)
    shredded = time.perf_counter()
    still = sum(containers[0].plain() != "" for containers in people[-500:])
    print(
        json.dumps(
            {"seal": sealed - began, "shred": shredded - sealed, "read_after_the_key_was_destroyed": still}
        )
    )


def seal(backend: SqliteBackend, n: int):
    """Seal four attributes of a person under a separate key."""
    key = backend.generate_key()
    values = (
        f"Invented Person {n}",
        f"Invented Road {n}, Lhasa, some district",
        "cn-resident-card",
        f"{n:017}X",
    )
    return [container_for(value, id=key, key_backend=backend) for value in values]


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
