# SPDX-License-Identifier: EUPL-1.2
"""Publish the ledger: tiles and leaves first, then a signed checkpoint over them, never one that contradicts another.

Separate from integrating, which only touches the database. Every signed head is recorded in the register, in the instance, in the
folder itself and by the witnesses. A head that does not continue all of them is not signed, so that a register that was reset or
rewritten is noticed here first.

A head is *signed*, then *cosigned* by witnesses, then *published*: the folder's checkpoint is replaced once it has the number of
cosignatures that the settings require, and stays the older one until then. If killed in between, the next run signs the same or a
longer head and asks again; a witness that has already cosigned it cosigns it again.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from itertools import batched
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rollkeeper.kernel import clock, database
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.locks import exclusive_lock
from rollkeeper.kernel.settings import data_dir
from rollkeeper.ledger import checks, notes, queries, signed_entry_timestamps, tree, witnesses
from rollkeeper.ledger.cosignatures import cosignature, signature_lines, with_cosignatures, witness_key
from rollkeeper.ledger.errors import (
    FOREIGN_LOG_FOLDER,
    LEAF_CHANGED,
    WITNESS_CONFLICT,
    LedgerHistoryChanged,
    LedgerKeyMissing,
    LedgerRolledBack,
)
from rollkeeper.ledger.processes import Later, Share, given_later, sharing_out
from rollkeeper.ledger.sequencer import integrate
from rollkeeper.ledger.settings import public_folder, settings
from rollkeeper.ledger.tile_store import CHECKPOINT, LeafTile, TileStore, write_leaf_tiles
from rollkeeper.ledger.verifier_bundle import write_verifier_bundle

CHUNK_TILES = 256
_WRITTEN_AT_ONCE = 16
WITNESS = "at the witness "


@dataclass(frozen=True, slots=True)
class Chunk:
    """Leaves whose tiles are being written, and for each part the first leaf that differs from the tree, once that is known."""

    first: int
    end: int
    written: list[Later[int | None]]


@dataclass(frozen=True, slots=True)
class PublicationResult:
    """The result of a run: the signed head, how many entries are new in the folder, and the witnesses' replies.

    `cosigned` counts the witnesses whose cosignature is on the head, of `needed`; `public_size` is how many entries the published
    checkpoint covers, None if there is none.
    """

    size: int
    root: bytes
    added: int
    public_size: int | None
    cosigned: int
    needed: int
    answers: tuple[witnesses.WitnessReply, ...]
    faults: tuple[checks.EntryFault, ...] = ()
    """What is wrong in the register with entries that have leaves: found now or before."""

    @property
    def is_public(self) -> bool:
        """Tell whether readers see this head."""
        return self.public_size == self.size and self.cosigned >= self.needed


def publish(
    folder: Path | None = None, *, progress: Callable[[int], None] = lambda _: None
) -> PublicationResult:
    """Integrate entries, write what the folder lacks, sign the head, have it cosigned and put it in place.

    Without `folder`, it publishes into the folder of the settings. `progress` is given the number of entries written after each chunk. Safe
    to run again, at once, and to be killed at any point: the checkpoint comes last.

    Then some entries, the newest and in turn all others, are checked against their leaves. The leaves are published whatever the check
    finds: they are the evidence.

    Refuses: LedgerRolledBack, LedgerHistoryChanged, LEAF_CHANGED, FOREIGN_LOG_FOLDER, LedgerKeyMissing,
    WITNESS_CONFLICT.
    """
    place = TileStore(folder or public_folder())
    with _alone(), sharing_out() as share:
        states = witnesses.fetch_states(notes.origin())
        integrate(share=share)
        with database.action(), database.without_timeout():
            serialize_on("ledger")
            database.rows(database.sql("ledger", "by_index"))
            key = _key()
            signed_entry_timestamps.prepare_receipt_key(key)
            head, there = _next_head(), _head_in(place, key)
            known = _heads_of_witnesses(states, key)
            _require_continuation(head, [*_signed_before(there), *known])
            have = there.size if there else 0
            _write_tiles(place, have, head.size, share, progress=progress)
            note = notes.sign(head, key)
            os.sync()
            _remember(head, note)
        write_verifier_bundle(place, vkey=notes.vkey(head.origin, key.public_key()))
        answers = _ask(head, note, known)
        done = _release(place, head, note, answers=answers, have=have if there else None)
    return replace(done, faults=tuple(checks.check_some(have)))


def _alone() -> AbstractContextManager[None]:
    """Let one publisher work at a time: a slower one must not put an older checkpoint over a newer one."""
    return exclusive_lock(data_dir() / "ledger" / "publishing.lock")


def _heads_of_witnesses(
    states: Iterable[witnesses.WitnessState], key: Ed25519PrivateKey
) -> list[tuple[str, notes.Head]]:
    """Return the head that each witness proves to be signed by this key, and the name of the place where it is."""
    name, public = notes.origin(), key.public_key()
    return [
        (f"{WITNESS}{one.witness}", notes.read_head(one.note, file=one.witness))
        for one in states
        if one.note and notes.is_signed_by(one.note, name=name, public=public)
    ]


def _ask(
    head: notes.Head, note: str, known: Iterable[tuple[str, notes.Head]]
) -> tuple[witnesses.WitnessReply, ...]:
    node = queries.stored_nodes(head.size)
    answers = witnesses.request_cosignatures(
        head,
        note,
        prove=lambda older: tree.prove_consistency(older, size=head.size, node=node),
        known={where.removeprefix(WITNESS): held.size for where, held in known},
    )
    for one in answers:
        if one.verdict is witnesses.Verdict.CONTRADICTED:
            raise WITNESS_CONFLICT(witness=one.witness, size=head.size, why=one.why)
    return tuple(answers)


def _release(
    place: TileStore,
    head: notes.Head,
    note: str,
    *,
    answers: tuple[witnesses.WitnessReply, ...],
    have: int | None,
) -> PublicationResult:
    """Replace the folder's checkpoint, if enough witnesses cosigned the new one. It gets only valid cosignatures."""
    lines = [*_lines_before(place, head), *(one.line for one in answers if one.line)]
    keys = [witness_key(one.vkey) for one in settings().witnesses]
    right = [found for key in keys if (found := cosignature(lines, head=head, key=key))]
    full = with_cosignatures(note, [one.line for one in right])
    stamps = [one.at_s for one in right]
    needed = settings().cosignatures
    if len(stamps) >= needed:
        _note_publication(head, full, stamps=stamps)
        place.write(CHECKPOINT, full.encode())
    out = head.size if len(stamps) >= needed else have
    return PublicationResult(head.size, head.root, head.size - (have or 0), out, len(stamps), needed, answers)


def _lines_before(place: TileStore, head: notes.Head) -> Iterator[str]:
    """Return the stored signatures of this same head, so that the cosignature of a witness that does not answer today is not lost."""
    there = place.read(CHECKPOINT)
    newest = queries.newest_publication()
    for note in (newest.note if newest else "", there.decode(errors="replace") if there else ""):
        if note.startswith(f"{head.text()}\n"):
            yield from signature_lines(note)


def _note_publication(head: notes.Head, note: str, *, stamps: Sequence[int]) -> None:
    """Record the publication in the register before it is visible; do nothing if it is already published."""
    newest = queries.newest_publication()
    if newest is None or newest.note != note:
        now, cosigned = clock.true_seconds(), max(stamps, default=None)
        database.run(
            "INSERT INTO ledger_publication (size, note, published_at, cosigned_at) VALUES (%s, %s, %s, %s)",
            [head.size, note, _instant(now), cosigned and _instant(cosigned)],
        )


def _instant(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """The state of one witness: why it does not answer, or where its history differs; both empty if it agrees."""

    witness: str
    why: str = ""
    fault: LedgerRolledBack | LedgerHistoryChanged | None = None


def check_witnesses(*, timeout_s: float) -> list[WitnessStatus]:
    """Ask every witness for its newest checkpoint, and compare it with the ledger. Nothing is signed."""
    return [_witness_status(one) for one in witnesses.fetch_states(notes.origin(), timeout_s=timeout_s)]


def _witness_status(state: witnesses.WitnessState) -> WitnessStatus:
    if not state.answers:
        return WitnessStatus(state.witness, state.why)
    if not notes.key_file().exists():
        return WitnessStatus(state.witness)
    try:
        _require_continuation(_next_head(), _heads_of_witnesses([state], notes.signing_key()))
    except (LedgerRolledBack, LedgerHistoryChanged) as fault:
        return WitnessStatus(state.witness, fault=fault)
    return WitnessStatus(state.witness)


def prepare_receipts() -> None:
    """Make a key for receipts, unless the ledger's own key is missing: `publish` refuses that by name. Again: nothing."""
    with suppress(LedgerKeyMissing):
        signed_entry_timestamps.prepare_receipt_key(_key())


def last_checkpoint_file() -> Path:
    """Return where the instance keeps the last checkpoint that it signed, outside the database."""
    return data_dir() / "ledger" / CHECKPOINT


def _next_head() -> notes.Head:
    size = queries.tree_size()
    return notes.Head(notes.origin(), size, tree.root_at(size, queries.stored_nodes(size)))


def _head_in(place: TileStore, key: Ed25519PrivateKey) -> notes.Head | None:
    raw = place.read(CHECKPOINT)
    if raw is None:
        return None
    note = raw.decode(errors="replace")
    if not notes.is_signed_by(note, name=notes.origin(), public=key.public_key()):
        raise FOREIGN_LOG_FOLDER(folder=place.root, origin=notes.origin())
    return notes.read_head(note, file=place.root / CHECKPOINT)


def _require_continuation(head: notes.Head, before: Sequence[tuple[str, notes.Head]]) -> None:
    node = queries.stored_nodes(head.size)
    for where, older in before:
        if older.size > head.size:
            raise LedgerRolledBack(size=head.size, published=older.size, where=where)
        if tree.root_at(older.size, node) != older.root:
            raise LedgerHistoryChanged(published=older.size, where=where)


def _signed_before(there: notes.Head | None) -> Iterator[tuple[str, notes.Head]]:
    if last_checkpoint_file().exists():
        yield (
            "in a file of this instance",
            notes.read_head(last_checkpoint_file().read_text("utf-8"), file=last_checkpoint_file()),
        )
    for row in database.rows("SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1"):
        yield "in the register", notes.read_head(row.note, file="ledger_checkpoint")
    if there:
        yield "in the published folder", there


def require_key() -> None:
    """Require the key that signed earlier checkpoints under this name; a new name is a new log. Refuses: LedgerKeyMissing."""
    if not notes.key_file().exists() and _is_signed_under(f"{notes.origin()}\n"):
        raise LedgerKeyMissing(file=notes.key_file())


def _is_signed_under(first_line: str) -> bool:
    file = last_checkpoint_file()
    if file.exists() and file.read_text("utf-8").startswith(first_line):
        return True
    asked = "SELECT FROM ledger_checkpoint WHERE starts_with(note, %s) LIMIT 1"
    return bool(database.rows(asked, [first_line]))


def _key() -> Ed25519PrivateKey:
    require_key()
    return notes.signing_key()


def _write_tiles(
    place: TileStore, have: int, size: int, share: Share, *, progress: Callable[[int], None]
) -> None:
    for chunk in given_later(_chunks(place, have, size, share)):
        _require_unchanged(chunk.written)
        progress(chunk.end - max(have, chunk.first))
    level = 1
    while grown := tree.tiles_between(have, size, level=level):
        for index in grown:
            width = tree.tile_width(level, index, size)
            place.write_tile(level, index, width, queries.stored_tile(level, index, width))
        level += 1


def _chunks(place: TileStore, have: int, size: int, share: Share) -> Iterator[Chunk]:
    """Read leaves, and have them compared and written, some tiles at a time."""
    grown = tree.tiles_between(have, size, level=0)
    for index in grown[::CHUNK_TILES]:
        first, end = index * tree.TILE_WIDTH, min(size, (index + CHUNK_TILES) * tree.TILE_WIDTH)
        tiles = list(_complete(queries.leaf_tiles(first, end), first, end))
        yield Chunk(
            first, end, [share(write_leaf_tiles, place, some) for some in batched(tiles, _WRITTEN_AT_ONCE)]
        )


def _complete(tiles: Sequence[LeafTile], first: int, end: int) -> Iterator[LeafTile]:
    """Give each tile with the hashes that it must have; those of the incomplete tile at the edge come from the leaves."""
    there = {tile.tile_index: tile for tile in tiles}
    for at in range(first, end, tree.TILE_WIDTH):
        index, width = at // tree.TILE_WIDTH, min(tree.TILE_WIDTH, end - at)
        tile = there.get(index)
        if tile is None or len(tile.roots) != width * tree.HASH_BYTES:
            raise LEAF_CHANGED(leaf=queries.first_missing_leaf(at, at + width))
        yield tile if width == tree.TILE_WIDTH else tile._replace(hashes=queries.stored_tile(0, index, width))


def _require_unchanged(written: Iterable[Later[int | None]]) -> None:
    for found in written:
        if (leaf := found()) is not None:
            raise LEAF_CHANGED(leaf=leaf)


def _remember(head: notes.Head, note: str) -> None:
    """Record the signature before it is visible: in the instance, then in the register."""
    file = last_checkpoint_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, note.encode(), mode=0o644, is_durable=True)
    database.run(
        "INSERT INTO ledger_checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (size) DO NOTHING",
        [head.size, head.root, note, clock.now()],
    )
