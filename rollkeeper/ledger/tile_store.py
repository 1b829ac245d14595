# SPDX-License-Identifier: EUPL-1.2
"""The folder that outsiders read: a tiled log (c2sp.org/tlog-tiles) that any static server can serve.

    checkpoint                     the signed head; the only file that changes as entries come
    vkey                           the key that checks it; auditor.py, witnesses, README.txt: see verifier_bundle.py
    tile/<level>/<index>           256 hashes of 32 bytes, 8,192 bytes
    tile/<level>/<index>.p/<width> the tile at the edge, with fewer
    tile/entries/<index>           256 times: length, 2 bytes, big-endian || entry
    tile/entries/<index>.p/<width> the bundle at the edge

An index is written in groups of three digits, each but the last behind an x: 1234067 is x001/x234/067.

A file appears whole or not at all: it is written under another name and renamed.
"""

import os
import shutil
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from rollkeeper.kernel.files import write_atomically
from rollkeeper.ledger import tree
from rollkeeper.ledger.leaves import leaves_of

CHECKPOINT = "checkpoint"
_READABLE = 0o644
_ENTERABLE = 0o755


def tile_name(level: int | str, index: int, width: int = tree.TILE_WIDTH) -> str:
    """Return the name of a tile or, for level `entries`, of a bundle."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03d}")
    partial = "" if width == tree.TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries one after another, each behind its length."""
    return b"".join([len(entry).to_bytes(2) + entry for entry in entries])


class TileStore:
    """A place to publish into."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: str) -> bytes | None:
        """Return the content of a file, None if there is none."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Put a file in its place atomically, readable by the web server. A checkpoint is synced to disk: an empty one would be refused."""
        file = self.root / name
        self._make(file.parent)
        write_atomically(file, content, mode=_READABLE, is_durable=name == "checkpoint")

    def write_tile(self, level: int | str, index: int, width: int, content: bytes) -> None:
        """Put a tile or bundle in its place; a full one replaces the partial ones before it."""
        self.write(tile_name(level, index, width), content)
        partial = self.root / f"{tile_name(level, index)}.p"
        if width == tree.TILE_WIDTH and os.path.lexists(partial):
            shutil.rmtree(partial, ignore_errors=True)

    def _make(self, folder: Path) -> None:
        if folder.exists():
            return
        self._make(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(_ENTERABLE)


class LeafTile(NamedTuple):
    """The leaves of one lowest tile: their classes and days, their roots, and the tree's hashes of them, None if it has none."""

    tile_index: int
    heads: bytes
    roots: bytes
    hashes: bytes | None


def write_leaf_tiles(place: TileStore, tiles: Iterable[LeafTile]) -> int | None:
    """Write leaves and their hashes. Return the first leaf whose hash differs from the tree's; its tile is not written."""
    for tile in tiles:
        entries = leaves_of(tile.heads, tile.roots)
        hashes = b"".join([sha256(b"\0" + entry).digest() for entry in entries])
        if hashes != tile.hashes:
            return tile.tile_index * tree.TILE_WIDTH + _first_difference(hashes, tile.hashes or b"")
        place.write_tile("entries", tile.tile_index, len(entries), bundle(entries))
        place.write_tile(0, tile.tile_index, len(entries), hashes)
    return None


def _first_difference(hashes: bytes, stored: bytes) -> int:
    places = range(0, max(len(hashes), len(stored)), tree.HASH_BYTES)
    return next(
        nth
        for nth, at in enumerate(places)
        if hashes[at : at + tree.HASH_BYTES] != stored[at : at + tree.HASH_BYTES]
    )
