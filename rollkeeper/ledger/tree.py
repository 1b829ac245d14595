# SPDX-License-Identifier: EUPL-1.2
"""The Merkle tree of RFC 6962: hashes, proofs, and checks of proofs.

Pure: bytes in, bytes out; no database, no files. The code that writes proofs here never checks them for outsiders: the auditor
has its own short version of the same mathematics.

    leaf hash    SHA-256( 00 || entry )
    node hash    SHA-256( 01 || left 32 bytes || right 32 bytes )
    empty root   SHA-256( )

A node is named by its height and its index: node (h, i) covers the leaves from i * 2^h up to (i + 1) * 2^h.
"""

from collections.abc import Callable
from functools import cache
from hashlib import sha256
from struct import iter_unpack

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256().digest()
_PAIR = f"{2 * HASH_BYTES}s"

Node = Callable[[int, int], bytes]
ReadTile = Callable[[int, int, int], bytes]
Span = tuple[int, int]


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two neighbours."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: bytes) -> bytes:
    """Return the root over hashes of 32 bytes written one after another."""
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > HASH_BYTES:
        even = len(hashes) - len(hashes) % (2 * HASH_BYTES)
        above = [sha256(b"\x01" + pair).digest() for (pair,) in iter_unpack(_PAIR, hashes[:even])]
        hashes = b"".join(above) + hashes[even:]
    return hashes


def tile_width(level: int, index: int, size: int) -> int:
    """Return how many hashes the tile has in the tree of `size`: 256, or fewer at the edge."""
    return max(0, min(TILE_WIDTH, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def tiles_between(older: int, size: int, *, level: int) -> range:
    """Return the indexes of the tiles of a level that grew between two sizes, the partial one at the edge included."""
    before, now = older >> TILE_HEIGHT * level, size >> TILE_HEIGHT * level
    return range(before // TILE_WIDTH, -(-now // TILE_WIDTH)) if now > before else range(0)


def nodes_from_tiles(read: ReadTile, size: int) -> Node:
    """Make nodes out of tiles: `read(level, index, width)` returns the hashes of a tile."""
    kept = cache(read)

    @cache
    def node(height: int, index: int) -> bytes:
        level, within = divmod(height, TILE_HEIGHT)
        tile, first = divmod(index << within, TILE_WIDTH)
        hashes = kept(level, tile, tile_width(level, tile, size))
        return root_of(hashes[first * HASH_BYTES : (first + (1 << within)) * HASH_BYTES])

    return node


def root_at(size: int, node: Node) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _span_hash((0, size), node) if size else EMPTY_ROOT


def prove_inclusion(index: int, *, size: int, node: Node) -> list[bytes]:
    """Prove that a leaf is in the tree of `size`: the sibling hashes, from the leaf upwards."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    low, high = 0, size
    spans: list[Span] = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return [_span_hash(span, node) for span in reversed(spans)]


def prove_consistency(older: int, *, size: int, node: Node) -> list[bytes]:
    """Prove that the tree of `older` leaves is the beginning of the tree of `size`."""
    if not 0 < older <= size:
        raise ValueError(f"a tree of {older} is not the beginning of one of {size}")
    low, high = 0, size
    spans: list[Span] = []
    while older < high:
        middle = low + _split(high - low)
        if older <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    if low:
        spans.append((low, high))
    return [_span_hash(span, node) for span in reversed(spans)]


def _span_hash(span: Span, node: Node) -> bytes:
    low, high = span
    width = high - low
    if width & (width - 1) == 0 and low % width == 0:
        height = width.bit_length() - 1
        return node(height, low >> height)
    middle = low + _split(width)
    return node_hash(_span_hash((low, middle), node), _span_hash((middle, high), node))


def _split(width: int) -> int:
    """Return the largest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)
