# SPDX-License-Identifier: EUPL-1.2
"""Put committed entries into the tree: a leaf for each, in an order that is final, and full tiles over them.

Separate from the services, which only append: this runs later, alone, in steps of one transaction each, and can be killed between
or within any of them. Writers and integrator never wait for each other; an entry whose transaction began before another that is
still open waits for the next run.

The secrets of a step are committed to the store of keys before its leaves: a step that is killed in between draws new ones.
"""

import os
import struct
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.db import connection

from rollkeeper.kernel import database
from rollkeeper.ledger import leaves, tree
from rollkeeper.ledger.leaf_rows import COPY_END, COPY_HEAD, Rows, make_rows
from rollkeeper.ledger.secrets import keep_secrets
from rollkeeper.ledger.verbs import Verb

STEP_ENTRIES = 1 << 16
# One integrator at a time; the number is the package's own ("ledger" on a telephone's keys).
LOCK = 533437
_WORTH_PROCESSES = 20_000
_AT_ONCE = 4_096
_NO_LIMIT = str(1 << 63)
_CLASSES = {verb.value: verb.leaf_class.value for verb in Verb}

type Part = tuple[int, bytes]
"""How many entries, and their lines."""
type Made = Callable[[], Rows]
type Make = Callable[[Iterable[Part], int], list[Made]]
# A line has no tab and no line break but those between columns and lines: `leaf_rows` takes the escapes out again.
_LINES = r"""
WITH taken AS MATERIALIZED (
{query}
), numbered AS (
    SELECT *, row_number() OVER (ORDER BY xid, entry_id) - 1 AS nth FROM taken
)
SELECT count(*)::integer,
       convert_to(string_agg(concat_ws(E'\t', xid::text, entry_id::text, to_char(day, 'YYYY-MM-DD'), verb,
                                       replace(replace(replace(body, '\', '\\'), E'\t', '\t'), E'\n', '\n')),
                             E'\n' ORDER BY nth), 'UTF8')
  FROM numbered
 GROUP BY nth / {at_once}
 ORDER BY nth / {at_once}
"""
_COUNT_AND_LENGTH = struct.Struct(">6xii")


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
    """Make rows here, and in as many processes as there are processors once a step has very many entries.

    They begin with the first part while the server still gives out the others.
    """
    pools: list[ProcessPoolExecutor] = []

    def make_all(parts: Iterable[Part], first: int) -> list[Made]:
        made: list[Made] = []
        waiting: list[tuple[bytes, int, bytes, dict[str, str]]] = []
        end = first
        for count, lines in parts:
            waiting.append((lines, end, os.urandom(leaves.SECRET_BYTES * count), _CLASSES))
            end += count
            if end - first >= _WORTH_PROCESSES and (os.cpu_count() or 1) > 1:
                pools[:] = pools or [ProcessPoolExecutor(mp_context=get_context("spawn"))]
                made += [pools[0].submit(make_rows, *one).result for one in waiting]
                waiting.clear()
        return made + [partial(make_rows, *one) for one in waiting]

    try:
        yield make_all
    finally:
        for pool in pools:
            pool.shutdown()


def _step(make: Make) -> tuple[int, int]:
    database.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    (here,) = database.rows("SELECT system_identifier AS cluster FROM pg_control_system()")
    last = _last_step(here.cluster)
    size = int(last["size"])
    is_restored = last["cluster"] != here.cluster
    if not is_restored:
        database.rows(database.sql("ledger", "by_index"))
        added, through = _place(_taken("integrate", last | {"most": STEP_ENTRIES}), size, make)
        last |= through
    else:
        database.run("LOCK TABLE ledger_entry IN SHARE MODE")
        added, _ = _place(_taken("adopt", {}), size, make)
        (newest,) = database.rows("SELECT coalesce(max(entry_id), 0) AS entry FROM ledger_entry")
        last |= {"through_xid": "0", "through_entry": 0, "floor_entry": newest.entry, "cluster": here.cluster}
        database.run("DELETE FROM ledger_appended")
    size += added
    if added or is_restored:
        _note_step(last | {"size": size})
    # A step that is full may have ended within a transaction, whose note waits for the rest.
    before = last["through_xid"] if added == STEP_ENTRIES else _NO_LIMIT
    database.run(database.sql("ledger", "take_notes"), {"before": before})
    _fill_tiles(size)
    return size, added


def _taken(statement: str, values: dict[str, Any]) -> Iterator[Part]:
    """Give entries as lines, some thousands in one value: no object is made of a row that only passes through."""
    lines = _LINES.format(query=database.sql("ledger", statement), at_once=_AT_ONCE)
    wanted = "COPY (" + lines + ") TO STDOUT (FORMAT BINARY)"
    with connection.connection.cursor() as cursor, cursor.copy(wanted, values or None) as copy:
        for row in copy:
            part = bytes(row).removeprefix(COPY_HEAD)
            if part and part != COPY_END:
                count, _ = _COUNT_AND_LENGTH.unpack_from(part)
                yield count, part[_COUNT_AND_LENGTH.size :]


def _place(found: Iterator[Part], size: int, make: Make) -> tuple[int, dict[str, Any]]:
    """Give these entries the leaves from `size` on, with a fresh secret each; return how many, and which was the last."""
    made = make(found, size)
    if not made:
        return 0, {}
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
    return len(numbers), {"through_xid": part.last_xid, "through_entry": numbers[-1]}


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
