# SPDX-License-Identifier: EUPL-1.2
"""Put committed entries into the tree: a leaf for each, in an order that is final, and full tiles over them.

Separate from the services, which only append: this runs later, alone, in steps of one transaction each, and can be killed between
or within any of them. Writers and integrator never wait for each other; an entry whose transaction began before another that is
still open waits for the next run.

The secrets of a step are committed to the store of keys before its leaves: a step that is killed in between draws new ones.
"""

import datetime as dt
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from django.db import connection

from rollkeeper.kernel import database
from rollkeeper.ledger import leaves, tree
from rollkeeper.ledger.leaf_classes import LeafClass
from rollkeeper.ledger.secrets import keep_secrets
from rollkeeper.ledger.verbs import Verb

STEP_ENTRIES = 1 << 16
# One integrator at a time; the number is the package's own ("ledger" on a telephone's keys).
LOCK = 533437
_WORTH_PROCESSES = 20_000
_AT_ONCE = 4_096
_HEAD, _END = b"PGCOPY\n\xff\r\n\x00" + bytes(8), b"\xff\xff"
_NO_LIMIT = str(1 << 63)
_EPOCH = dt.date(2000, 1, 1).toordinal()
_CLASSES = {verb.value: verb.leaf_class.value for verb in Verb}

type Taken = tuple[int, str, str, str]
"""Of an entry its number, class, day and body."""
type Hash = Callable[[list[Taken], bytes], list[tuple[bytes, bytes]]]


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
    with _hashing() as hashes:
        while True:
            with database.action(), database.without_timeout():
                size, taken = _step(hashes)
            added += taken
            progress(taken)
            if taken < STEP_ENTRIES:
                return IntegrationResult(size, added)


def hash_leaves(taken: Sequence[Taken], secrets: bytes) -> list[tuple[bytes, bytes]]:
    """Return the root and the leaf's hash of each entry, whose secrets follow one another."""
    made, width = [], leaves.SECRET_BYTES
    for nth, (entry_id, leaf_class, day, body) in enumerate(taken):
        root = leaves.root_of(body, secret=secrets[nth * width : (nth + 1) * width], entry_id=entry_id)
        made.append((root, tree.leaf_hash(leaves.leaf_bytes(leaf_class, day, root))))
    return made


@contextmanager
def _hashing() -> Iterator[Hash]:
    """Hash here, and in as many processes as there are processors once a step has very many entries."""
    pools: list[ProcessPoolExecutor] = []

    def hash_all(taken: list[Taken], secrets: bytes) -> list[tuple[bytes, bytes]]:
        if len(taken) < _WORTH_PROCESSES or (os.cpu_count() or 1) == 1:
            return hash_leaves(taken, secrets)
        if not pools:
            pools.append(ProcessPoolExecutor(mp_context=get_context("spawn")))
        firsts = range(0, len(taken), _AT_ONCE)
        width = leaves.SECRET_BYTES
        done = pools[0].map(
            hash_leaves,
            [taken[first : first + _AT_ONCE] for first in firsts],
            [secrets[first * width : (first + _AT_ONCE) * width] for first in firsts],
        )
        return [one for part in done for one in part]

    try:
        yield hash_all
    finally:
        for pool in pools:
            pool.shutdown()


def _step(hashes: Hash) -> tuple[int, int]:
    database.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    (here,) = database.rows("SELECT system_identifier AS cluster FROM pg_control_system()")
    last = _last_step(here.cluster)
    size = int(last["size"])
    is_restored = last["cluster"] != here.cluster
    if not is_restored:
        database.rows(database.sql("ledger", "by_index"))
        found = database.rows(database.sql("ledger", "integrate"), last | {"most": STEP_ENTRIES})
        last |= {"through_xid": found[-1].xid, "through_entry": found[-1].entry_id} if found else {}
    else:
        database.run("LOCK TABLE ledger_entry IN SHARE MODE")
        found = database.rows(database.sql("ledger", "adopt"))
        (newest,) = database.rows("SELECT coalesce(max(entry_id), 0) AS entry FROM ledger_entry")
        last |= {"through_xid": "0", "through_entry": 0, "floor_entry": newest.entry, "cluster": here.cluster}
        database.run("DELETE FROM ledger_appended")
    if found:
        _place(found, size, hashes)
    size += len(found)
    if found or is_restored:
        _note_step(last | {"size": size})
    # A step that is full may have ended within a transaction, whose note waits for the rest.
    before = last["through_xid"] if len(found) == STEP_ENTRIES else _NO_LIMIT
    database.run(database.sql("ledger", "take_notes"), {"before": before})
    _fill_tiles(size)
    return size, len(found)


def _place(found: Sequence[Any], size: int, hashes: Hash) -> None:
    """Give these entries the leaves from `size` on, with a fresh secret each."""
    taken: list[Taken] = [
        (row.entry_id, _CLASSES.get(row.verb, LeafClass.OTHER.value), row.day, row.body) for row in found
    ]
    secrets = os.urandom(leaves.SECRET_BYTES * len(taken))
    made = hashes(taken, secrets)
    keep_secrets(
        [entry_id for entry_id, *_ in taken],
        [secrets[at : at + leaves.SECRET_BYTES] for at in range(0, len(secrets), leaves.SECRET_BYTES)],
    )
    rows = [
        _leaf_row(index, entry_id, leaf_class.encode(), day, root, leaf_hash)
        for index, ((entry_id, leaf_class, day, _), (root, leaf_hash)) in enumerate(
            zip(taken, made, strict=True), size
        )
    ]
    statement = (
        "COPY ledger_leaf (leaf_index, entry_id, leaf_class, day, root, leaf_hash) FROM STDIN (FORMAT BINARY)"
    )
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"".join([_HEAD, *rows, _END]))


def _leaf_row(index: int, entry_id: int, leaf_class: bytes, day: str, root: bytes, leaf_hash: bytes) -> bytes:
    days = dt.date.fromisoformat(day).toordinal() - _EPOCH
    return struct.pack(
        f">hiqiqi{len(leaf_class)}siii32si32s",
        6, 8, index, 8, entry_id, len(leaf_class), leaf_class, 4, days, 32, root, 32, leaf_hash,
    )  # fmt: skip


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
