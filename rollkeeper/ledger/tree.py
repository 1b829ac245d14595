# SPDX-License-Identifier: EUPL-1.2
"""The Merkle tree of RFC 6962: hashes, proofs, and checks of proofs.

Pure: bytes in, bytes out; no database, no files. The code that writes proofs here never checks them for outsiders: the auditor
has its own short version of the same mathematics.

    leaf hash    SHA-256( 00 || entry )
    node hash    SHA-256( 01 || left 32 bytes || right 32 bytes )
    empty root   SHA-256( )

A node is named by its height and its index: node (h, i) covers the leaves from i * 2^h up to (i + 1) * 2^h.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from hashlib import sha256
from struct import iter_unpack

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_BYTES = TILE_WIDTH * HASH_BYTES
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


def is_included(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `proof` proves that `leaf` is at `index` of the tree of `size` with this root (RFC 9162, 2.1.3.2)."""
    if not (0 <= index < size and _are_hashes([leaf, root, *proof])):
        return False
    here, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            found = node_hash(step, found)
            shift = _zeros_below(here) if not here & 1 else 0
            here, last = here >> shift, last >> shift
        else:
            found = node_hash(found, step)
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(older: int, *, size: int, proof: Sequence[bytes], older_root: bytes, root: bytes) -> bool:
    """Tell whether `proof` proves that the older tree is the beginning of the tree of `size`.

    A tree without leaves is the beginning of no proof: it says nothing.
    """
    if older == size:
        return not proof and older_root == root and _are_hashes([root]) and (size > 0 or root == EMPTY_ROOT)
    return is_part((0, older), size=size, proof=proof, part_root=older_root, root=root) and older > 0


def is_part(part: Span, *, size: int, proof: Sequence[bytes], part_root: bytes, root: bytes) -> bool:
    """Tell whether `proof` proves that the subtree over the leaves of `part` belongs to the tree of `size`.

    A subtree begins at a multiple of the smallest power of two that it fits into. Leaves from 0 onwards are always
    one, hence consistency is a case of this. An empty part belongs to every tree.
    """
    first, end = part
    if not (0 <= first <= end <= size and _are_hashes([part_root, root, *proof])):
        return False
    if first == end:
        return not proof and part_root == EMPTY_ROOT
    if not is_subtree(part):
        return False
    return _climb((first, end - 1, size - 1), list(proof), part_root=part_root, root=root)


def is_subtree(part: Span) -> bool:
    """Tell whether these leaves have one root in every tree that contains them."""
    first, end = part
    return 0 <= first < end and first % (1 << (end - first - 1).bit_length()) == 0


def is_included_in_part(
    leaf: bytes, *, index: int, part: Span, proof: Sequence[bytes], part_root: bytes
) -> bool:
    """Tell whether `proof` proves that `leaf` is at `index`, within the subtree over the leaves of `part`."""
    first, end = part
    return is_subtree(part) and is_included(
        leaf, index=index - first, size=end - first, proof=proof, root=part_root
    )


def _climb(at: tuple[int, int, int], proof: list[bytes], *, part_root: bytes, root: bytes) -> bool:
    first, end, last = at
    shift = (first ^ end).bit_length()
    if end != last:
        shift = min(shift, _ones_below(end))
    first, end, last = first >> shift, end >> shift, last >> shift
    if first == end:
        small = whole = part_root
    elif proof:
        small = whole = proof.pop(0)
    else:
        return False
    for step in proof:
        if last == 0:
            return False
        if end & 1 or end == last:
            small = node_hash(step, small) if first < end else small
            whole = node_hash(step, whole)
            shift = _zeros_below(end) if not end & 1 else 0
            first, end, last = first >> shift, end >> shift, last >> shift
        else:
            whole = node_hash(whole, step)
        first, end, last = first >> 1, end >> 1, last >> 1
    return last == 0 and small == part_root and whole == root


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


def _zeros_below(number: int) -> int:
    """Return how often `number` can be halved before it is odd or nothing is left."""
    return (number & -number).bit_length() - 1 if number else 0


def _ones_below(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
