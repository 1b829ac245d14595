"""Import, set against a bare COPY of the finished rows and against what a user would otherwise write with Django.

The file has numbers in the national form, days, services, regions and a reference. A separate process normalises, checks, indexes and
seals everything; its peak memory is reported. The COPY loads the same tuples that the import made, from files and in one transaction,
into the same tables with the same indexes (and once without): there is no cheaper way to get these rows. The Django loops seal one
attribute of each line with AES-GCM into a table without further indexes, which favours them; they run on few rows, before and after the
import, and their rate is used for the whole. Up to two million rows there is one more baseline: `bulk_create` of the same number of
rows into a table with the unique blind index by which a register finds a number.
"""

import csv
import datetime as dt
import hmac
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import batched
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, models, transaction

from rollkeeper.access.authority import console_authority
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.services import import_lines
from rollkeeper.kernel.database import run as do
from rollkeeper.kernel.database import sql
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.vault.services import begin_first_epoch
from tests.memory import Peaks
from tests.superuser import as_superuser

ON = dt.date(2011, 12, 1)
RAW = {
    "number": {"column": "number"},
    "service": {"from": [{"column": "kind", "values": {"prepaid": "mobile", "data": "data_card"}}]},
    "activated_on": {"column": "since"},
    "region": {"column": "area"},
    "reference": {"column": "id"},
}
TABLES = ("lines_line", "lines_number", "lines_reference")
COPIES = ("numbers", "references", "lines")
LOOP_ROWS = 4_000
BULK_ROWS = 40_000
MOST_CREATED = 2_000_000
IN_A_PROCESS = "import sys, django; django.setup(); from tests.bench.bench_import import import_alone; import_alone(sys.argv[1])"

Row = tuple[str, int, float, float | None, float | None, str]


def run(sizes: list[int]) -> Iterator[Row]:
    begin_first_epoch()
    do("SET statement_timeout = 0")
    for size in sizes:
        yield from _measure(size)


def _measure(size: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        file = _write(Path(folder), size)
        _empty()
        before = _loops(size)
        seconds, peaks = _imported(file)
        after = _loops(size)
        assert _count() == size
        yield "import, whole command's work", size, seconds, None, None, "-"
        most = (
            "import: at most {Rollkeeper} MiB in the command, {PostgreSQL (register)} in a server's process"
        )
        yield most.format(**peaks), size, seconds, None, None, "1 GB"
        if size <= MOST_CREATED:
            found = _in_a_table(_FOUND, lambda: _timed(lambda: _bulk_create_found(size)))
            name = "import / bulk_create of the same people, sealed, each number looked up"
            yield name, size, seconds, found, found / seconds, "(for comparison)"
        _keep(Path(folder))
        _empty()
        indexed = _timed(lambda: _bare_copy(Path(folder)))
        assert _count() == size
        _empty()
        with _without_indexes():
            bare = _timed(lambda: _bare_copy(Path(folder)))
            assert _count() == size
            _empty()
    create, bulk = (size * (first + last) / 2 for first, last in zip(before, after, strict=True))
    yield "import / bare COPY of the same rows", size, seconds, indexed, seconds / indexed, "at most 4"
    yield "import / bare COPY without any index", size, seconds, bare, seconds / bare, "(for comparison)"
    yield (
        f"import / create() loop, sealed (rate of {min(LOOP_ROWS, size):,})",
        size,
        seconds,
        create,
        create / seconds,
        "at least 20 times as fast",
    )
    yield (
        f"import / bulk_create, sealed (rate of {min(BULK_ROWS, size):,})",
        size,
        seconds,
        bulk,
        bulk / seconds,
        "at least 3 times as fast",
    )


def _loops(size: int) -> tuple[float, float]:
    """Return the seconds for a row in the two Django loops; measured before and after the import, since machines change pace."""
    return _seconds_a_row(_create_loop, min(LOOP_ROWS, size)), _seconds_a_row(
        _bulk_create, min(BULK_ROWS, size)
    )


def _imported(file: Path) -> tuple[float, dict[str, int]]:
    """Import in a fresh process; return its seconds, and the peak memory of the process and of the servers in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS, file],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    said = json.loads(done.stdout.splitlines()[-1])
    return said["seconds"], said["peaks"]


def import_alone(file: str) -> None:
    """Import a file: the main function of that process."""
    load_pack(instance().pack)  # runs the pack's own cases, once in each process, whatever is imported
    seconds, peaks = _timed(lambda: _import(Path(file))), Peaks()
    peaks.look()
    print(json.dumps({"seconds": seconds, "peaks": peaks.mib}), flush=True)


def _import(file: Path) -> None:
    seen = scan_file(file)
    made = make_map(RAW, named="bench", header=seen.header)
    import_lines(console_authority(), seen, made, refused_file=file.with_suffix(".refused"), on=ON)


def _keep(folder: Path) -> None:
    """Write the finished tuples of an import into files, in the order in which they lie."""
    do("SET synchronize_seqscans = off")
    for name in COPIES:
        out = sql("lines", f"copy_{name}").replace("FROM STDIN", "TO STDOUT")
        with (folder / name).open("wb") as file, connection.cursor() as cursor, cursor.copy(out) as copy:
            for piece in copy:
                file.write(piece)


def _bare_copy(folder: Path) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for name in COPIES:
            with (
                (folder / name).open("rb") as file,
                cursor.copy(sql("lines", f"copy_{name}")) as copy,
            ):
                while piece := file.read(1 << 20):
                    copy.write(piece)


class _Line(models.Model):
    number = models.BinaryField()
    service = models.TextField()
    activated_on = models.DateField()
    region = models.TextField()

    class Meta:
        abstract = True


class _Sealed(_Line):
    class Meta:
        app_label = "bench"
        db_table = "bench_sealed"
        managed = False


class _Found(_Line):
    number_index = models.BinaryField()

    class Meta:
        app_label = "bench"
        db_table = "bench_found"
        managed = False


_FOUND = (
    "CREATE TABLE bench_found (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, number bytea NOT NULL,"
    " service text NOT NULL, activated_on date NOT NULL, region text NOT NULL, number_index bytea NOT NULL UNIQUE)"
)


def _made(count: int, kind: type[_Line] = _Sealed) -> Iterator[_Line]:
    cipher, key = AESGCM(os.urandom(32)), os.urandom(32)
    for i in range(count):
        nonce, number = os.urandom(12), b"+86138%08d" % i
        more = {"number_index": hmac.digest(key, number, "sha256")} if kind is _Found else {}
        yield kind(
            number=nonce + cipher.encrypt(nonce, number, None), service="mobile", activated_on=ON, region="Lhasa", **more,
        )  # fmt: skip


def _create_loop(count: int) -> None:
    for line in _made(count):
        line.save(force_insert=True)


def _bulk_create(count: int) -> None:
    _Sealed.objects.bulk_create(list(_made(count)), batch_size=1_000)


def _bulk_create_found(count: int) -> None:
    for lines in batched(_made(count, _Found), BULK_ROWS):
        _Found.objects.bulk_create(lines, batch_size=1_000)


def _seconds_a_row(work: Callable[[int], None], count: int) -> float:
    made = (
        "CREATE TABLE bench_sealed (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, number bytea NOT NULL,"
        " service text NOT NULL, activated_on date NOT NULL, region text NOT NULL)"
    )
    return _in_a_table(made, lambda: _timed(lambda: work(count))) / count


def _in_a_table[T](made: str, work: Callable[[], T]) -> T:
    """Create a table, do some work in it, and drop it."""
    with connection.cursor() as cursor:
        cursor.execute(made)
        try:
            return work()
        finally:
            cursor.execute(f"DROP TABLE {made.split()[2]}")


class _without_indexes:  # noqa: N801 - a context manager
    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT format('ALTER TABLE %%I DROP CONSTRAINT %%I', conrelid::regclass, conname),"
                " format('ALTER TABLE %%I ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))"
                " FROM pg_constraint WHERE contype IN ('p', 'u') AND conrelid = ANY (%s::regclass[])",
                [list(TABLES)],
            )
            statements = cursor.fetchall()
            self.again = [again for _, again in statements]
            for drop, _ in statements:
                cursor.execute(drop)
            cursor.execute(
                "SELECT format('DROP INDEX %%I', indexname), indexdef FROM pg_indexes WHERE tablename = ANY (%s)",
                [list(TABLES)],
            )
            for drop, again in cursor.fetchall():
                cursor.execute(drop)
                self.again.append(again)

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            for again in self.again:
                cursor.execute(again)


def _empty() -> None:
    with as_superuser() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("TRUNCATE lines_line, lines_number, lines_reference, imports_import")
        owner.execute("CHECKPOINT")


def _write(folder: Path, size: int) -> Path:
    file, chance = folder / "export.csv", random.Random(7)  # noqa: S311 - rows for a bench
    start = dt.date(2001, 1, 1)
    days = [(start + dt.timedelta(i)).isoformat() for i in range(3_900)]
    numbers = chance.sample(range(10**8), size)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "number", "kind", "since", "area", "gender"])
        for i, number in enumerate(numbers):
            writer.writerow(
                [f"C{i:08d}", f"138{number:08d}", chance.choice(("prepaid", "data")), chance.choice(days),
                 f"area {i % 37}", "-"]
            )  # fmt: skip
    return file


def _count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM lines_line")
        return int(cursor.fetchone()[0])


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
