# SPDX-License-Identifier: EUPL-1.2
"""Publish the ledger: tiles and entries first, then a signed checkpoint over them, never one that contradicts another.

Separate from integrating, which touches the database alone. What was ever signed is remembered in the register, in the
home, in the folder itself and by the witnesses. A head that is not a continuation of all of them is not signed, so that
a register that was set back or rewritten is noticed here, before anybody outside has to.

A head is *signed*, then *cosigned* by witnesses, then *put out*: the folder's checkpoint is replaced once it bears as many
cosignatures as the settings demand, and stays the older one until then. Killed in between, the next run signs the same
or a longer head and asks again; a witness that has already cosigned it cosigns it once more.
"""

import datetime as dt
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rollkeeper.kernel import clock, database
from rollkeeper.kernel.locks import alone
from rollkeeper.kernel.settings import home, settings
from rollkeeper.ledger import notes, promises, queries, tree, witnesses
from rollkeeper.ledger.cosignatures import cosignature, signature_lines, with_cosignatures, witness_key
from rollkeeper.ledger.enclosures import enclose
from rollkeeper.ledger.errors import (
    EntryIsNotItsLeaf,
    FolderOfAnotherLog,
    LedgerContradictsItself,
    LedgerKeyMissing,
    LedgerRolledBack,
    WitnessContradicts,
)
from rollkeeper.ledger.folder import CHECKPOINT, Folder, bundle, public_folder
from rollkeeper.ledger.integration import LOCK, integrate

CHUNK_TILES = 256
WITNESS = "the witness "


@dataclass(frozen=True, slots=True)
class Published:
    """What a run did: the head that was signed, how many entries are new in the folder, and what the witnesses said.

    `cosigned` counts the witnesses whose cosignature the head bears, of `needed`; `out` is how many entries the
    checkpoint covers that readers see now, None where there is none.
    """

    size: int
    root: bytes
    added: int
    out: int | None
    cosigned: int
    needed: int
    answers: tuple[witnesses.Answer, ...]

    @property
    def is_out(self) -> bool:
        """Tell whether readers see this head."""
        return self.out == self.size and self.cosigned >= self.needed


def publish(folder: Path | None = None, *, tell: Callable[[int], None] = lambda _: None) -> Published:
    """Integrate what can be, write what the folder lacks, sign the head, have it cosigned and put it in place.

    Without a folder, into the one of the settings. `tell` is given the number of entries written after each chunk. Safe
    to run again, at once, and to be killed at any point: the checkpoint comes last.

    Refuses: LedgerRolledBack, LedgerContradictsItself, EntryIsNotItsLeaf, FolderOfAnotherLog, LedgerKeyMissing,
    WitnessContradicts.
    """
    place = Folder(folder or public_folder())
    with _alone():
        memories = witnesses.remember(notes.origin())
        integrate()
        with database.act(), database.patient():
            database.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            database.rows(database.sql("ledger", "by_index"))
            key = _key()
            promises.make_ready(key)
            head, there = _next_head(), _head_in(place, key)
            known = _held_by_witnesses(memories, key)
            _demand_continuation(head, [*_signed_before(there), *known])
            have = there.size if there else 0
            _write_tiles(place, have, head.size, tell=tell)
            note = notes.sign(head, key)
            os.sync()
            _remember(head, note)
        enclose(place, vkey=notes.vkey(head.origin, key.public_key()))
        answers = _ask(head, note, known)
        return _put_out(place, head, note, answers=answers, have=have if there else None)


def _alone() -> AbstractContextManager[None]:
    """Let one publisher work at a time: a slower one must not put an older checkpoint over a newer one."""
    return alone(home() / "ledger" / "publishing.lock")


def _held_by_witnesses(
    memories: Iterable[witnesses.Memory], key: Ed25519PrivateKey
) -> list[tuple[str, notes.Head]]:
    """Return what each witness proves that this key signed, and where that is."""
    name, public = notes.origin(), key.public_key()
    return [
        (f"{WITNESS}{one.witness}", notes.read_head(one.note, file=one.witness))
        for one in memories
        if one.note and notes.is_signed_by(one.note, name=name, public=public)
    ]


def _ask(
    head: notes.Head, note: str, known: Iterable[tuple[str, notes.Head]]
) -> tuple[witnesses.Answer, ...]:
    node = queries.stored_nodes(head.size)
    answers = witnesses.ask(
        head,
        note,
        prove=lambda older: tree.prove_consistency(older, size=head.size, node=node),
        known={where.removeprefix(WITNESS): held.size for where, held in known},
    )
    for one in answers:
        if one.verdict is witnesses.Verdict.CONTRADICTED:
            raise WitnessContradicts(witness=one.witness, size=head.size, why=one.why)
    return tuple(answers)


def _put_out(
    place: Folder, head: notes.Head, note: str, *, answers: tuple[witnesses.Answer, ...], have: int | None
) -> Published:
    """Replace the folder's checkpoint, if enough witnesses cosigned the new one. It bears no line that is not right."""
    lines = [*_lines_before(place, head), *(one.line for one in answers if one.line)]
    keys = [witness_key(one.vkey) for one in settings().ledger_witnesses]
    right = [found for key in keys if (found := cosignature(lines, head=head, key=key))]
    full = with_cosignatures(note, [one.line for one in right])
    stamps = [one.at_s for one in right]
    needed = settings().ledger_cosignatures
    if len(stamps) >= needed:
        _note_publication(head, full, stamps=stamps)
        place.write(CHECKPOINT, full.encode())
    out = head.size if len(stamps) >= needed else have
    return Published(head.size, head.root, head.size - (have or 0), out, len(stamps), needed, answers)


def _lines_before(place: Folder, head: notes.Head) -> Iterator[str]:
    """Give the signatures that this very head is said to bear, so that a witness that is away today is not lost."""
    there = place.read(CHECKPOINT)
    newest = queries.newest_publication()
    for note in (newest.note if newest else "", there.decode(errors="replace") if there else ""):
        if note.startswith(f"{head.text()}\n"):
            yield from signature_lines(note)


def _note_publication(head: notes.Head, note: str, *, stamps: Sequence[int]) -> None:
    """Note in the register what is put out, before anybody can see it; nothing where that is out already."""
    newest = queries.newest_publication()
    if newest is None or newest.note != note:
        now, cosigned = clock.true_seconds(), max(stamps, default=None)
        database.run(
            "INSERT INTO ledger_publication (size, note, put_out_at, cosigned_at) VALUES (%s, %s, %s, %s)",
            [head.size, note, _instant(now), cosigned and _instant(cosigned)],
        )


def _instant(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


@dataclass(frozen=True, slots=True)
class Sight:
    """How one witness was found: why it does not answer, or in what it holds another history; both empty if it is well."""

    witness: str
    why: str = ""
    fault: LedgerRolledBack | LedgerContradictsItself | None = None


def look_at_witnesses(*, patience_s: float) -> list[Sight]:
    """Ask every witness what it holds, and hold it against the ledger as it is. Nothing is signed."""
    return [_sight(one) for one in witnesses.remember(notes.origin(), patience_s=patience_s)]


def _sight(memory: witnesses.Memory) -> Sight:
    if not memory.answers:
        return Sight(memory.witness, memory.why)
    if not notes.key_file().exists():
        return Sight(memory.witness)
    try:
        _demand_continuation(_next_head(), _held_by_witnesses([memory], notes.signing_key()))
    except (LedgerRolledBack, LedgerContradictsItself) as fault:
        return Sight(memory.witness, fault=fault)
    return Sight(memory.witness)


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


def _demand_continuation(head: notes.Head, before: Sequence[tuple[str, notes.Head]]) -> None:
    node = queries.stored_nodes(head.size)
    for where, older in before:
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
    full = queries.stored_leaf_tiles(first // tree.TILE_WIDTH, end // tree.TILE_WIDTH)
    for at in range(first, end, tree.TILE_WIDTH):
        index, part = at // tree.TILE_WIDTH, found[at - first : at - first + tree.TILE_WIDTH]
        width = min(tree.TILE_WIDTH, end - at)
        bodies = [entry.body or b"" for entry in part]
        hashes = b"".join(map(tree.leaf_hash, bodies))
        stored = full.get(index, b"") if width == tree.TILE_WIDTH else queries.stored_tile(0, index, width)
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
