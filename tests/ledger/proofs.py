"""Checks the proofs of the Merkle tree as a client of the ledger would (RFC 9162; C2SP subtrees)."""

from collections.abc import Iterable, Sequence

from rollkeeper.ledger.tree import EMPTY_ROOT, HASH_BYTES, Span, node_hash


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

    No proof leads from a tree without leaves to a larger one: it would prove nothing.
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


def _zeros_below(number: int) -> int:
    """Return how often `number` can be halved before it is odd or nothing is left."""
    return (number & -number).bit_length() - 1 if number else 0


def _ones_below(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1


def _are_hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
