# SPDX-License-Identifier: EUPL-1.2
"""Publish the ledger: tiles and entries first, then a signed checkpoint over them, never one that contradicts another.

Separate from integrating, which touches the database alone. What was ever signed is remembered in three places: in the
register, in the home and in the folder itself. A head that is not a continuation of all three is not signed, so that
a register that was set back or rewritten is noticed here, before anybody outside has to.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rollkeeper.kernel import clock, database
from rollkeeper.kernel.settings import home
from rollkeeper.ledger import notes, promises, queries, tree
from rollkeeper.ledger.errors import (
    EntryIsNotItsLeaf,
    FolderOfAnotherLog,
    LedgerContradictsItself,
    LedgerKeyMissing,
    LedgerRolledBack,
)
from rollkeeper.ledger.folder import CHECKPOINT, VKEY, Folder, bundle
from rollkeeper.ledger.integration import LOCK, integrate

CHUNK_TILES = 256


@dataclass(frozen=True, slots=True)
class Published:
    """A checkpoint that is out: its size, its root, and how many entries are new in the folder."""

    size: int
    root: bytes
    added: int


def publish(folder: Path, *, tell: Callable[[int], None] = lambda _: None) -> Published:
    """Integrate what can be, write what the folder lacks, sign the head and put it in place.

    `tell` is given the number of entries written after each chunk. Safe to run again, and to be killed at any point:
    the checkpoint comes last.

    Refuses: LedgerRolledBack, LedgerContradictsItself, EntryIsNotItsLeaf, FolderOfAnotherLog, LedgerKeyMissing.
    """
    integrate()
    place = Folder(folder)
    with database.act(), database.patient():
        database.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        database.rows(database.sql("ledger", "by_index"))
        key = _key()
        promises.make_ready(key)
        head, there = _next_head(), _head_in(place, key)
        _demand_continuation(head, there)
        have = there.size if there else 0
        _write_tiles(place, have, head.size, tell=tell)
        note = notes.sign(head, key)
        os.sync()
        _remember(head, note)
    place.write(VKEY, f"{notes.vkey(head.origin, key.public_key())}\n".encode())
    place.write(CHECKPOINT, note.encode())
    return Published(head.size, head.root, head.size - have)


def prepare_receipts() -> None:
    """Have a key for receipts, unless the ledger's own is missing, which `publish` refuses by name. Again: nothing."""
    with suppress(LedgerKeyMissing):
        promises.make_ready(_key())


def remembered_file() -> Path:
    """Return where the home keeps the last checkpoint that it signed, outside the database."""
    return home() / "ledger" / CHECKPOINT


def _next_head() -> notes.Head:
    size = queries.tree_size()
    return notes.Head(notes.origin(), size, tree.root_at(size, queries.stored_nodes(size)))


def _head_in(place: Folder, key: Ed25519PrivateKey) -> notes.Head | None:
    raw = place.read(CHECKPOINT)
    if raw is None:
        return None
    note = raw.decode(errors="replace")
    if not notes.is_signed_by(note, name=notes.origin(), public=key.public_key()):
        raise FolderOfAnotherLog(folder=place.root, origin=notes.origin())
    return notes.read_head(note, file=place.root / CHECKPOINT)


def _demand_continuation(head: notes.Head, there: notes.Head | None) -> None:
    node = queries.stored_nodes(head.size)
    for where, older in _signed_before(there):
        if older.size > head.size:
            raise LedgerRolledBack(size=head.size, published=older.size, where=where)
        if tree.root_at(older.size, node) != older.root:
            raise LedgerContradictsItself(published=older.size, where=where)


def _signed_before(there: notes.Head | None) -> Iterator[tuple[str, notes.Head]]:
    if remembered_file().exists():
        yield (
            "the home's own note of it",
            notes.read_head(remembered_file().read_text("utf-8"), file=remembered_file()),
        )
    for row in database.rows("SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"):
        yield "the register's own note of it", notes.read_head(row.note, file="ledger_checkpoint")
    if there:
        yield "the folder", there


def _key() -> Ed25519PrivateKey:
    signed = remembered_file().exists() or database.rows("SELECT FROM ledger_checkpoint LIMIT 1")
    if signed and not notes.key_file().exists():
        raise LedgerKeyMissing(file=notes.key_file())
    return notes.signing_key()


def _write_tiles(place: Folder, have: int, size: int, *, tell: Callable[[int], None]) -> None:
    grown = tree.tiles_between(have, size, level=0)
    for first in grown[::CHUNK_TILES]:
        end = min(size, (first + CHUNK_TILES) * tree.TILE_WIDTH)
        _write_entries(place, first * tree.TILE_WIDTH, end)
        tell(end - max(have, first * tree.TILE_WIDTH))
    level = 1
    while grown := tree.tiles_between(have, size, level=level):
        for index in grown:
            width = tree.tile_width(level, index, size)
            place.write_tile(level, index, width, queries.stored_tile(level, index, width))
        level += 1


def _write_entries(place: Folder, first: int, end: int) -> None:
    found = list(queries.entries(first, end))
    for at in range(first, end, tree.TILE_WIDTH):
        index, part = at // tree.TILE_WIDTH, found[at - first : at - first + tree.TILE_WIDTH]
        width = min(tree.TILE_WIDTH, end - at)
        bodies = [entry.body or b"" for entry in part]
        hashes = b"".join(map(tree.leaf_hash, bodies))
        stored = queries.stored_tile(0, index, width)
        if hashes != stored:
            raise _first_difference(part, hashes, stored, at=at)
        place.write_tile("entries", index, width, bundle(bodies))
        place.write_tile(0, index, width, hashes)


def _first_difference(
    part: list[queries.StoredEntry], hashes: bytes, stored: bytes, *, at: int
) -> EntryIsNotItsLeaf:
    for place in range(0, max(len(hashes), len(stored)), tree.HASH_BYTES):
        if hashes[place : place + tree.HASH_BYTES] != stored[place : place + tree.HASH_BYTES]:
            nth = place // tree.HASH_BYTES
            entry = part[nth].entry_id if nth < len(part) else "(missing)"
            return EntryIsNotItsLeaf(entry=entry, leaf=at + nth)
    raise AssertionError("the tiles are equal")


def _remember(head: notes.Head, note: str) -> None:
    """Note the signature before anybody can see it: in the home, then in the register."""
    file = remembered_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as out:
        out.write(note)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    database.run(
        "INSERT INTO ledger_checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (size) DO NOTHING",
        [head.size, head.root, note, clock.now()],
    )
