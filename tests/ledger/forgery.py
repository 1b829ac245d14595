# SPDX-License-Identifier: EUPL-1.2
"""Writes a complete new log over other entries, signed with the true key. Only the operator can do this."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from rollkeeper.ledger import auditor, notes, tree
from rollkeeper.ledger.tile_store import TileStore, bundle

FORGERIES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "edit": lambda old: [*old[:9], b"another", *old[10:]],
    "delete": lambda old: [*old[:9], *old[10:], b"filled up"],
    "insert": lambda old: [*old[:9], b"slipped in", *old[9:-1]],
    "reorder": lambda old: [*old[:9], old[10], old[9], *old[11:]],
}


def entries(folder: Path, size: int) -> list[bytes]:
    """Every entry of a published log."""
    return [e for i in range(-(-size // 256)) for e in auditor._entries(folder, i, size)]


def forge(folder: Path, bodies: Sequence[bytes]) -> None:
    """Write a complete new log over these entries, with its tiles."""
    shutil.rmtree(folder)
    place, size = TileStore(folder), len(bodies)
    hashes = b"".join(map(tree.leaf_hash, bodies))

    def tile(level: int, index: int, width: int) -> bytes:
        unit = 32 << 8 * level
        start = index * 256 * unit
        return b"".join(
            tree.root_of(hashes[at : at + unit]) for at in range(start, start + width * unit, unit)
        )

    level = 0
    while grown := tree.tiles_between(0, size, level=level):
        for index in grown:
            width = tree.tile_width(level, index, size)
            place.write_tile(level, index, width, tile(level, index, width))
            if level == 0:
                place.write_tile("entries", index, width, bundle(bodies[index * 256 : index * 256 + width]))
        level += 1
    key = notes.signing_key()
    place.write("vkey", notes.vkey(notes.origin(), key.public_key()).encode())
    place.write(
        "checkpoint", notes.sign(notes.Head(notes.origin(), size, tree.root_of(hashes)), key).encode()
    )
