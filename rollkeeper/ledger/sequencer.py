# SPDX-License-Identifier: EUPL-1.2
"""Put committed entries into the tree: a leaf for each, in an order that is final, and full tiles over them.

Separate from the services, which only append: this runs later, alone, in steps of one transaction each, and can be killed between
or within any of them. Writers and integrator never wait for each other; an entry whose transaction began before another that is
still open waits for the next run.

A step takes entries in parts: while leaves of one are written, those of the next are made. Secrets are committed to the store of keys
before the leaves: a step that is killed in between draws new ones.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import batched
from multiprocessing import get_context
from typing import Any

from django.db import connection

from rollkeeper.kernel import database
from rollkeeper.ledger import leaves, tree
from rollkeeper.ledger.leaf_rows import COPY_END, COPY_HEAD, Rows, make_rows
from rollkeeper.ledger.secrets import keep_secrets
from rollkeeper.ledger.verbs import Verb

STEP_ENTRIES = 1 << 18
# One integrator at a time; the number is the package's own ("ledger" on a telephone's keys).
LOCK = 533437
_TAKEN_AT_ONCE = 1 << 14
_MADE_AT_ONCE = 1 << 12
_CLASSES = {verb.value: verb.leaf_class.value for verb in Verb}

type Made = Callable[[], Rows]
type Make = Callable[[bytes, int, bytes], Made]


@dataclass(frozen=True, slots=True)
class Taken:
    """Entries of which leaves are being made: how many, the place of the last one, and the rows."""

    count: int
    through: dict[str, Any]
    made: list[Made]


@dataclass(frozen=True, slots=True)
class IntegrationResult:
    """The result of a run of the integrator: the new size of the tree, and how many entries were new."""

    size: int
    added: int


def integrate(progress: Callable[[int], None] = lambda _: None) -> IntegrationResult:
    """Give every entry that can have one a leaf, and make the tiles that are full.

    `progress` is given the number of entries after each step. Safe to run twice, at once, and to be killed.
    """
    added = 0
    with _making() as make:
        while True:
            with database.action(), database.without_timeout():
                size, taken = _step(make)
            added += taken
            progress(taken)
            if taken < STEP_ENTRIES:
                return IntegrationResult(size, added)


@contextmanager
def _making() -> Iterator[Make]:
    """Make the first rows here, when they are asked for, and of very many entries the others at once, in as many processes as processors."""
    pools: list[ProcessPoolExecutor] = []
    have = 0

    def make(lines: bytes, first: int, secrets: bytes) -> Made:
        nonlocal have
        have += len(secrets) // leaves.SECRET_BYTES
        if have <= _TAKEN_AT_ONCE or (os.cpu_count() or 1) == 1:
            return partial(make_rows, lines, first, secrets, _CLASSES)
        pools[:] = pools or [ProcessPoolExecutor(mp_context=get_context("spawn"))]
        return pools[0].submit(make_rows, lines, first, secrets, _CLASSES).result

    try:
        yield make
    finally:
        for pool in pools:
            pool.shutdown()


def _step(make: Make) -> tuple[int, int]:
    database.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    (here,) = database.rows(
        "SELECT system_identifier AS cluster, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon FROM pg_control_system()"
    )
    last = _last_step(here.cluster)
    size, added = int(last["size"]), 0
    is_restored = last["cluster"] != here.cluster
    if is_restored:
        database.run("LOCK TABLE ledger_entry IN SHARE MODE")
        database.run("DELETE FROM ledger_appended")
    else:
        database.rows(database.sql("ledger", "by_index"))
    for taken in [_take("adopt", {}, size, make)] if is_restored else _ahead(_take_some(last, make)):
        _place(taken.made)
        added += taken.count
        last |= taken.through
        _fill_tiles(size + added)
    # A step that is full may have ended within a transaction, whose note waits for the rest.
    before = last["through_xid"] if added == STEP_ENTRIES else here.horizon
    if is_restored:
        (newest,) = database.rows("SELECT coalesce(max(entry_id), 0) AS entry FROM ledger_entry")
        last |= {"through_xid": "0", "through_entry": 0, "floor_entry": newest.entry, "cluster": here.cluster}
    if added or is_restored:
        _note_step(last | {"size": size + added})
    database.run(database.sql("ledger", "take_notes"), {"before": before})
    return size + added, added


def _take_some(last: dict[str, Any], make: Make) -> Iterator[Taken]:
    """Take entries behind the last one until none is left or the step is full."""
    size, most = int(last["size"]), STEP_ENTRIES
    while most:
        asked = min(most, _TAKEN_AT_ONCE)
        taken = _take("integrate", last | {"most": asked}, size, make)
        if taken.count:
            yield taken
        last = last | taken.through
        size, most = size + taken.count, most - taken.count if taken.count == asked else 0


def _ahead(taking: Iterator[Taken]) -> Iterator[Taken]:
    """Give what is taken one later: while some rows are written, the next are already being made."""
    before: Taken | None = None
    for taken in taking:
        if before:
            yield before
        before = taken
    if before:
        yield before


def _take(statement: str, values: dict[str, Any], first: int, make: Make) -> Taken:
    """Take entries as lines, and have leaves from `first` on made of them with a fresh secret each."""
    made: list[Made] = []
    count, newest = 0, b""
    wanted = "COPY (" + database.sql("ledger", statement) + ") TO STDOUT"
    with connection.connection.cursor() as cursor, cursor.copy(wanted, values or None) as copy:
        for lines in batched(copy, _MADE_AT_ONCE):
            made.append(make(b"".join(lines), first + count, os.urandom(leaves.SECRET_BYTES * len(lines))))
            count += len(lines)
            newest = bytes(lines[-1])
    xid, _, rest = newest.decode().partition("\t")
    through = {"through_xid": xid, "through_entry": int(rest.partition("\t")[0])} if count else {}
    return Taken(count, through, made)


def _place(made: list[Made]) -> None:
    """Write leaves, and their secrets before they are committed."""
    numbers: list[int] = []
    secrets: list[bytes] = []
    statement = (
        "COPY ledger_leaf (leaf_index, entry_id, leaf_class, day, root, leaf_hash) FROM STDIN (FORMAT BINARY)"
    )
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(COPY_HEAD)
        for one in made:
            part = one()
            copy.write(part.leaves)
            numbers += part.numbers
            secrets.append(part.secrets)
        copy.write(COPY_END)
        keep_secrets(numbers, secrets)


def _last_step(cluster: int) -> dict[str, Any]:
    found = database.rows(
        "SELECT size, through_xid::text AS through_xid, through_entry, floor_entry, cluster"
        " FROM ledger_integration ORDER BY step_id DESC LIMIT 1"
    )
    nothing_yet = {"size": 0, "through_xid": "0", "through_entry": 0, "floor_entry": 0, "cluster": cluster}
    return found[0]._asdict() if found else nothing_yet


def _note_step(step: dict[str, Any]) -> None:
    database.run(
        "INSERT INTO ledger_integration (size, through_xid, through_entry, floor_entry, cluster)"
        " VALUES (%(size)s, %(through_xid)s::xid8, %(through_entry)s, %(floor_entry)s, %(cluster)s)",
        step,
    )


def _fill_tiles(size: int) -> None:
    level = 0
    while full := size >> tree.TILE_HEIGHT * (level + 1):
        (row,) = database.rows(
            "SELECT coalesce(max(tile_index) + 1, 0) AS have FROM ledger_tile WHERE level = %s", [level]
        )
        if row.have == full:
            return
        span = {"first": row.have * tree.TILE_WIDTH, "end": full * tree.TILE_WIDTH, "below": level - 1}
        gathered = database.rows(database.sql("ledger", "upper_tiles" if level else "leaf_tiles"), span)
        database.copy_rows(
            "COPY ledger_tile (level, tile_index, hashes, root) FROM STDIN",
            [(level, tile.tile_index, tile.hashes, tree.root_of(bytes(tile.hashes))) for tile in gathered],
        )
        level += 1
