# SPDX-License-Identifier: EUPL-1.2
"""Put committed entries into the tree: a leaf for each, in an order that is final, and full tiles over them.

Entries that a run takes together (`_MADE_AT_ONCE`) get their leaves in a random order, as `leaf_rows` says.

Separate from the services, which only append: this runs later, alone, in steps of one transaction each, and can be killed between
or within any of them. Writers and integrator never wait for each other; an entry whose transaction began before another that is
still open waits for the next run.

A step takes entries in parts: while leaves of one are written, those of the next are made. Secrets are committed to the store of keys
before the leaves: a step that is killed in between draws new ones.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from struct import unpack
from typing import Any

from django.db import connection

from rollkeeper.kernel import database
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.ledger import leaves, queries, tree
from rollkeeper.ledger.errors import LEAF_CHANGED
from rollkeeper.ledger.leaf_rows import COPY_END, COPY_HEAD, PLACE_BYTES, Entries, Rows, make_rows
from rollkeeper.ledger.processes import Later, Share, given_later, sharing_out
from rollkeeper.ledger.secrets import keep_secrets
from rollkeeper.ledger.verbs import Verb

STEP_ENTRIES = 1 << 18
_TAKEN_AT_ONCE = 1 << 14
_MADE_AT_ONCE = 1 << 12
_NUMBER_BYTES = 8
_TILE_BYTES = tree.TILE_WIDTH * tree.HASH_BYTES
_CLASSES = {verb.value: verb.leaf_class.value for verb in Verb}

type Made = Later[Rows]


@dataclass(frozen=True, slots=True)
class Taken:
    """Entries whose leaves are being made: how many, the place of the last one, and the rows."""

    count: int
    through: dict[str, Any]
    made: list[Made]


@dataclass(frozen=True, slots=True)
class IntegrationResult:
    """The result of a run of the integrator: the new size of the tree, and how many entries were new."""

    size: int
    added: int


def integrate(
    progress: Callable[[int], None] = lambda _: None, *, share: Share | None = None
) -> IntegrationResult:
    """Give a leaf to every entry that can have one, and make the tiles that are full.

    `progress` is given the number of entries after each step. Without `share`, it makes its own. Safe to run twice, at
    once, and to be killed.
    """
    added = 0
    with nullcontext(share) if share else sharing_out() as sharing:
        while True:
            with database.action(), database.without_timeout():
                size, taken = _step(sharing)
            added += taken
            progress(taken)
            if taken < STEP_ENTRIES:
                return IntegrationResult(size, added)


def _step(share: Share) -> tuple[int, int]:
    serialize_on("ledger")
    (here,) = database.rows(
        "SELECT system_identifier AS cluster, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon FROM pg_control_system()"
    )
    last = _last_step(here.cluster)
    size, added = int(last["size"]), 0
    is_restored = last["cluster"] != here.cluster
    if is_restored:
        database.run(database.OUTLASTING_APPS)
        database.run("LOCK TABLE ledger_entry IN SHARE MODE")
        database.run("DELETE FROM ledger_appended")
    else:
        database.rows(database.sql("ledger", "by_index"))
    loose = _loose_hashes(size)
    for taken in [_take(_adopted(), size, share)] if is_restored else given_later(_take_some(last, share)):
        loose += _place(taken.made)
        added += taken.count
        last |= taken.through
        loose = _fill_tiles(loose, size + added)
    # A full step may have ended within a transaction: then the note of that transaction waits for the rest of its entries.
    before = last["through_xid"] if added == STEP_ENTRIES else here.horizon
    if is_restored:
        (newest,) = database.rows("SELECT coalesce(max(entry_id), 0) AS entry FROM ledger_entry")
        last |= {"through_xid": "0", "through_entry": 0, "floor_entry": newest.entry, "cluster": here.cluster}
    if added or is_restored:
        _note_step(last | {"size": size + added})
    database.run(database.sql("ledger", "take_notes"), {"before": before})
    return size + added, added


def _take_some(last: dict[str, Any], share: Share) -> Iterator[Taken]:
    """Take entries behind the last one until none is left or the step is full."""
    size, most = int(last["size"]), STEP_ENTRIES
    while most:
        asked = min(most, _TAKEN_AT_ONCE)
        taken = _take(_next(last, asked), size, share)
        if taken.count:
            yield taken
        last = last | taken.through
        size, most = size + taken.count, most - taken.count if taken.count == asked else 0


def _next(last: dict[str, Any], most: int) -> Iterator[Any]:
    """Read the next entries, in rows of many."""
    while most:
        asked = min(most, _MADE_AT_ONCE)
        found = database.prepared_rows(database.sql("ledger", "integrate"), last | {"most": asked})
        for row in found:
            yield row
            last = last | _through(row)
        most = most - asked if found and len(found[0].numbers) == asked * _NUMBER_BYTES else 0


def _adopted() -> list[Any]:
    return database.prepared_rows(database.sql("ledger", "adopt"), {"most": _MADE_AT_ONCE})


def _through(row: Any) -> dict[str, Any]:
    return {"through_xid": row.xid, "through_entry": int.from_bytes(row.numbers[-_NUMBER_BYTES:])}


def _take(rows: Iterable[Any], first: int, share: Share) -> Taken:
    """Take entries and have their leaves made, from `first` on: each row of entries in a random order, each entry with a fresh secret."""
    made: list[Made] = []
    count, through = 0, {}
    for row in rows:
        entries = Entries(row.numbers, row.heads, row.bodies)
        here = len(entries.numbers) // _NUMBER_BYTES
        secrets = os.urandom(leaves.SECRET_BYTES * here)
        made.append(share(make_rows, entries, first + count, secrets, random_places(here), _CLASSES))
        count, through = count + here, _through(row)
    return Taken(count, through, made)


def random_places(count: int) -> bytes:
    """Draw the places of leaves that are made together: the smallest comes first."""
    return os.urandom(PLACE_BYTES * count)


def _place(made: list[Made]) -> bytes:
    """Write leaves, and their secrets before they are committed; return the leaves' hashes."""
    parts: list[Rows] = []
    statement = (
        "COPY ledger_leaf (leaf_index, entry_id, leaf_class, day, root, leaf_hash) FROM STDIN (FORMAT BINARY)"
    )
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(COPY_HEAD)
        for one in made:
            parts.append(one())
            copy.write(parts[-1].leaves)
        copy.write(COPY_END)
        numbers = b"".join([part.numbers for part in parts])
        keep_secrets(unpack(f">{len(numbers) // _NUMBER_BYTES}q", numbers), [part.secrets for part in parts])
    return b"".join([part.hashes for part in parts])


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


def _loose_hashes(size: int) -> bytes:
    """Return the hashes of the leaves that no full tile has yet."""
    span = {"first": _count_tiles(0) * tree.TILE_WIDTH, "end": size}
    return b"".join(
        [bytes(tile.hashes) for tile in database.rows(database.sql("ledger", "leaf_tiles"), span)]
    )


def _fill_tiles(loose: bytes, size: int) -> bytes:
    """Make the tiles that are full, the lowest ones from the hashes of loose leaves; return the hashes that are left."""
    have, full = _count_tiles(0), size >> tree.TILE_HEIGHT
    if have < full and len(loose) != (size - have * tree.TILE_WIDTH) * tree.HASH_BYTES:
        raise LEAF_CHANGED(leaf=queries.first_missing_leaf(have * tree.TILE_WIDTH, size))
    tiles = [loose[at * _TILE_BYTES : (at + 1) * _TILE_BYTES] for at in range(full - have)]
    _write_tiles(0, have, tiles)
    level = 1
    while above := size >> tree.TILE_HEIGHT * (level + 1):
        have = _count_tiles(level)
        if have == above:
            break
        span = {"first": have * tree.TILE_WIDTH, "end": above * tree.TILE_WIDTH, "below": level - 1}
        gathered = database.rows(database.sql("ledger", "upper_tiles"), span)
        _write_tiles(level, have, [bytes(tile.hashes) for tile in gathered])
        level += 1
    return loose[len(tiles) * _TILE_BYTES :]


def _count_tiles(level: int) -> int:
    statement = "SELECT coalesce(max(tile_index) + 1, 0) AS have FROM ledger_tile WHERE level = %s"
    (row,) = database.rows(statement, [level])
    return int(row.have)


def _write_tiles(level: int, first: int, tiles: list[bytes]) -> None:
    statement = "COPY ledger_tile (level, tile_index, hashes, root) FROM STDIN (FORMAT BINARY)"
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types(["int2", "int8", "bytea", "bytea"])
        for index, hashes in enumerate(tiles, first):
            copy.write_row((level, index, hashes, tree.root_of(hashes)))
