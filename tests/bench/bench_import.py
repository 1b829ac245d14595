"""Import, set against a bare COPY of the finished rows and against what a user would otherwise write with Django.

The file has numbers in the national form, days, services, regions and a reference; everything is normalised, looked at,
indexed and sealed. The COPY gets the very tuples that the import made, in one transaction, into the same tables with the
same indexes (and once without): no cheaper way to have these rows exists. The Django loops seal one attribute a line with
AES-GCM on the way into a table without further indexes, which flatters them; they
run on few rows, before and after the import, and their rate is taken for the whole. Beside them stands what a register
cannot do without: the same `bulk_create` of as many rows, with the unique blind index by which a number is found.
"""

import csv
import datetime as dt
import hmac
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import batched
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection, models, transaction

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign.importing import chunks
from rollkeeper.campaign.importing.acts import import_lines
from rollkeeper.campaign.importing.files import look
from rollkeeper.campaign.importing.maps import make_map
from rollkeeper.kernel.database import sql
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.vault.acts import begin_first_epoch
from tests.owner import as_owner

ON = dt.date(2011, 12, 1)
RAW = {
    "number": {"column": "number"},
    "service": {"from": [{"column": "kind", "values": {"prepaid": "mobile", "data": "data_card"}}]},
    "activated_on": {"column": "since"},
    "region": {"column": "area"},
    "reference": {"column": "id"},
}
TABLES = ("lines_line", "lines_number", "lines_reference")
LOOP_ROWS = 4_000
BULK_ROWS = 40_000

Row = tuple[str, int, float, float | None, float | None, str]


def run(sizes: list[int]) -> list[Row]:
    begin_first_epoch()
    load_pack(settings().pack)  # runs the pack's own cases: once a process, whatever is imported
    return [row for size in sizes for row in _measure(size)]


def _measure(size: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        file = _write(Path(folder), size)
        kept = _Kept()
        _empty()
        before = _loops()
        seconds = _timed(lambda: _import(file, chunks_seen=None))
        after = _loops()
        found = _in_a_table(_FOUND, lambda: _timed(lambda: _bulk_create_found(size)))
        assert _count() == size
        _empty()
        _import(file, chunks_seen=kept)
    _empty()
    indexed = _timed(lambda: _bare_copy(kept))
    _empty()
    with _without_indexes():
        bare = _timed(lambda: _bare_copy(kept))
        _empty()
    create, bulk = (size * (first + last) / 2 for first, last in zip(before, after, strict=True))
    return [
        ("import, whole command's work", size, seconds, None, None, "-"),
        ("import / bare COPY of the same rows", size, seconds, indexed, seconds / indexed, "at most 4"),
        ("import / bare COPY without any index", size, seconds, bare, seconds / bare, "(for comparison)"),
        (f"import / create() loop, sealed (rate of {LOOP_ROWS:,})", size, seconds, create, create / seconds, "at least 20 times as fast"),
        (f"import / bulk_create, sealed (rate of {BULK_ROWS:,})", size, seconds, bulk, bulk / seconds, "at least 3 times as fast"),
        ("import / bulk_create of as many, sealed, each number to be found", size, seconds, found, found / seconds, "(for comparison)"),
    ]  # fmt: skip


def _loops() -> tuple[float, float]:
    """Return seconds a row of the two Django ways: taken before and after the import, since machines change pace."""
    return _seconds_a_row(_create_loop, LOOP_ROWS), _seconds_a_row(_bulk_create, BULK_ROWS)


def _import(file: Path, *, chunks_seen: "_Kept | None") -> None:
    place = chunks.place
    if chunks_seen is not None:
        chunks.place = chunks_seen.watching(place)
    try:
        seen = look(file)
        made = make_map(RAW, named="bench", header=seen.header)
        import_lines(console_authority(), seen, made, refused_file=file.with_suffix(".refused"), on=ON)
    finally:
        chunks.place = place


class _Kept:
    """The finished tuples of an import, for the bare COPY."""

    def __init__(self) -> None:
        self.tuples: dict[str, list[bytes]] = {"numbers": [], "references": [], "lines": []}

    def watching(self, place: Callable[..., chunks.Placed]) -> Callable[..., chunks.Placed]:
        def seen(chunk, **arguments):
            done = place(chunk, **arguments)
            for name in self.tuples:
                self.tuples[name].append(b"".join(chunk.columns[f"{name.removesuffix('s')}_tuple"]))
            return done

        return seen


def _bare_copy(kept: _Kept) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for name, parts in kept.tuples.items():
            with cursor.copy(sql("campaign", f"import_copy_{name}")) as copy:
                copy.write(chunks.tuples.SIGNATURE)
                for part in parts:
                    copy.write(part)
                copy.write(chunks.tuples.TRAILER)


class _Line(models.Model):
    number = models.BinaryField()
    service = models.TextField()
    activated_on = models.DateField()
    region = models.TextField()

    class Meta:
        abstract = True


class _Sealed(_Line):
    class Meta:
        app_label = "campaign"
        db_table = "bench_sealed"
        managed = False


class _Found(_Line):
    number_index = models.BinaryField()

    class Meta:
        app_label = "campaign"
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
    """Make a table, work in it, and take it away again."""
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
    with as_owner() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute("TRUNCATE lines_line, lines_number, lines_reference, campaign_import")
        owner.execute("CHECKPOINT")


def _write(folder: Path, size: int) -> Path:
    file, chance = folder / "export.csv", random.Random(7)  # noqa: S311 - rows for a trial
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
