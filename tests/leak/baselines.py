# SPDX-License-Identifier: EUPL-1.2
"""Two designs that developers usually build, in temporary clusters with PostgreSQL's default settings.

(a) A table with encrypted fields as Django packages make them, its number in clear because it must be unique and found.
(b) Plain columns; half of the people are deleted, the table is vacuumed, and that half is searched.
"""

import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from cryptography.fernet import Fernet

from rollkeeper.platform.embedded_postgres import BINARIES, server_user
from tests.leak.people import Inventor, Person
from tests.leak.search import hits_of

type Hits = Counter[tuple[str, str]]
"""How often each class of value was found in each kind of file."""

PORT = 5499
SAID_TWICE = 100
"""One registration in so many is submitted twice, and the second is refused by the unique number."""


def encrypted_fields(people: Sequence[Person], folder: Path) -> None:
    """Run it: every person is registered, some twice."""
    key = Fernet(Fernet.generate_key())
    with _cluster(folder) as owner:
        owner.execute(
            "CREATE TABLE subscriber (id bigserial PRIMARY KEY, number text UNIQUE, name text, address text,"
            " document_number text, email text)"
        )
        for place, person in enumerate(people):
            sealed = [key.encrypt(value.encode()).decode() for value in _personal(person)]
            for _ in range(2 if place % SAID_TWICE == 0 else 1):
                with suppress(psycopg.errors.UniqueViolation):
                    owner.execute(
                        "INSERT INTO subscriber (number, name, address, document_number, email)"
                        " VALUES (%s, %s, %s, %s, %s)", [person.number, *sealed],
                    )  # fmt: skip
        owner.execute("CHECKPOINT")


def plain_columns(people: Sequence[Person], folder: Path) -> None:
    """Run it: every person is registered, every second one is deleted."""
    with _cluster(folder) as owner:
        owner.execute(
            "CREATE TABLE subscriber (id bigserial PRIMARY KEY, number text UNIQUE, name text, address text,"
            " document_number text, email text)"
        )
        with owner.cursor().copy(
            "COPY subscriber (number, name, address, document_number, email) FROM STDIN"
        ) as copy:
            for person in people:
                copy.write_row([person.number, *_personal(person)])
        owner.execute("DELETE FROM subscriber WHERE id % 2 = 0")
        owner.execute("VACUUM subscriber")
        owner.execute("CHECKPOINT")


BASELINES = {
    "encrypted fields, number in clear": encrypted_fields,
    "plain columns, of those deleted": plain_columns,
}


def measure(size: int) -> Iterator[tuple[str, Hits]]:
    """Return what is found in each baseline, by place and class of value."""
    for name, live in BASELINES.items():
        inventor, folder = Inventor(size), Path(tempfile.mkdtemp(prefix="rk-baseline-"))
        try:
            people = inventor.people(size)
            live(people, folder)
            gone = {value for person in people[1::2] for value in (*_personal(person), person.number)}
            wanted = (pair for pair in inventor.values if live is not plain_columns or pair[1] in gone)
            yield name, by_place(hits_of(wanted, [folder]))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def by_place(found: dict[Path, Counter[tuple[str, str]]]) -> Hits:
    """Count what was found by kind of file and class of value, all forms together."""
    hits: Hits = Counter()
    for file, counts in found.items():
        for (kind, _), count in counts.items():
            hits[place_of(file), kind] += count
    return hits


def place_of(file: Path) -> str:
    """Return the kind of this file."""
    if "pg_wal" in file.parts:
        return "write-ahead log"
    if file.suffix == ".log":
        return "server's log"
    return "tables and indexes" if "base" in file.parts else "other files"


def _personal(person: Person) -> tuple[str, str, str, str]:
    return person.name, person.address, person.document_number, person.email


@contextmanager
def _cluster(folder: Path) -> Iterator[psycopg.Connection]:
    data = folder / "data"
    if user := server_user():
        shutil.chown(folder, user, user)
    _run("initdb", "-D", str(data), "-U", "postgres", "--auth=trust", "--no-instructions")
    options = f"-p {PORT} -k {folder}"
    _run("pg_ctl", "-D", str(data), "-w", "-s", "-l", str(folder / "server.log"), "-o", options, "start")
    try:
        # Django binds values into the text of the statement on its own side, unless it is asked not to.
        with psycopg.connect(
            host=str(folder), port=PORT, user="postgres", dbname="postgres", autocommit=True,
            cursor_factory=psycopg.ClientCursor,
        ) as owner:  # fmt: skip
            yield owner
    finally:
        _run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "-s", "stop")


def _run(name: str, *words: str) -> None:
    subprocess.run(
        [str(BINARIES / name), *words], check=True, user=server_user(), group=server_user(), cwd="/",
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        extra_groups=[] if server_user() else None,
    )  # fmt: skip
