# SPDX-License-Identifier: EUPL-1.2
"""The Merkle tree: public vectors that others wrote, and properties at the sizes where tiles begin and end."""

import base64
import json
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollkeeper.ledger import tree
from tests.ledger import proofs

ROOT = Path(__file__).parents[2]
VECTORS = ROOT.parent / "shared" / "data" / "merkle-vectors" / "testdata"
FILES = sorted(VECTORS.rglob("*.json"))
SIZES = [0, 1, 255, 256, 257, 65_535, 65_536, 65_537]


def answer(kind, v):
    """Put one vector to the verifier that its folder is about."""
    proof = [base64.b64decode(step) for step in v["proof"] or []]
    at = {k: base64.b64decode(v[k] or "") for k in ("root", "root1", "root2", "leafHash") if k in v}
    match kind:
        case "inclusion":
            return proofs.is_included(
                at["leafHash"], index=v["leafIdx"], size=v["treeSize"], proof=proof, root=at["root"]
            )
        case "consistency":
            return proofs.is_consistent(
                v["size1"], size=v["size2"], proof=proof, older_root=at["root1"], root=at["root2"]
            )
        case "subtreeinclusion":
            return proofs.is_included_in_part(
                at["leafHash"],
                index=v["leafIdx"],
                part=(v["start"], v["end"]),
                proof=proof,
                part_root=at["root"],
            )
        case "subtreeconsistency":
            return proofs.is_part(
                (v["start"], v["end"]),
                size=v["size"],
                proof=proof,
                part_root=at["root1"],
                root=at["root2"],
            )


def has_placeholder_root(v):
    return any(
        len(base64.b64decode(v[k] or "")) != 32
        for k in ("root", "root1", "root2")
        if k in v and not v["wantErr"]
    )


@pytest.mark.skipif(not FILES, reason=f"THE PUBLIC VECTORS ARE NOT HERE: {VECTORS}")
@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(VECTORS)))
def test_a_public_vector_is_answered_as_it_says(file):
    vector = json.loads(file.read_text("utf-8"))

    accepted = answer(file.relative_to(VECTORS).parts[0], vector)

    assert accepted is not (vector["wantErr"] or has_placeholder_root(vector))


@pytest.mark.skipif(not FILES, reason=f"THE PUBLIC VECTORS ARE NOT HERE: {VECTORS}")
def test_all_public_vectors_are_there_and_few_have_roots_that_are_no_hashes():
    vectors = [json.loads(file.read_text("utf-8")) for file in FILES]

    assert len(vectors) == 518
    assert sum(has_placeholder_root(v) for v in vectors) == 4


def test_hashes_are_those_that_others_compute_for_the_same_bytes():
    """The values are from the tests of Certificate Transparency's own implementations."""
    assert tree.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert (
        tree.leaf_hash(b"L123456").hex() == "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    )
    assert (
        tree.node_hash(b"N123", b"N456").hex()
        == "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    )


@cache
def leaves(size):
    return [tree.leaf_hash(str(i).encode()) for i in range(size)]


@cache
def heights(size):
    """All full nodes, height by height, the slow and obvious way."""
    rows = [leaves(size)]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([tree.node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])
    return rows


def node_of(size):
    return lambda height, index: heights(size)[height][index]


def plain_root(hashes):
    """RFC 6962, section 2.1, word for word."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + plain_root(hashes[:k]) + plain_root(hashes[k:])).digest()


@pytest.mark.parametrize("size", [*SIZES, 2, 3, 7, 100])
def test_the_root_is_that_of_the_standard(size):
    expected = plain_root(leaves(size))

    assert tree.root_at(size, node_of(size)) == expected
    assert tree.root_of(b"".join(leaves(size))) == expected


@pytest.mark.parametrize("size", SIZES[1:])
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_every_leaf_can_be_proved_and_nothing_else_passes_for_it(size, data):
    index = data.draw(st.integers(0, size - 1))
    root = tree.root_at(size, node_of(size))
    leaf = leaves(size)[index]

    proof = tree.prove_inclusion(index, size=size, node=node_of(size))

    assert proofs.is_included(leaf, index=index, size=size, proof=proof, root=root)
    assert not proofs.is_included(tree.leaf_hash(b"other"), index=index, size=size, proof=proof, root=root)
    assert not proofs.is_included(leaf, index=index, size=size, proof=[*proof, leaf], root=root)
    assert not proofs.is_included(leaf, index=size, size=size, proof=proof, root=root)
    if proof:
        other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index))
        assert not proofs.is_included(leaf, index=other, size=size, proof=proof, root=root)
        assert not proofs.is_included(leaf, index=index, size=size, proof=proof[:-1], root=root)
        assert not proofs.is_included(leaf, index=index, size=size, proof=spoilt(proof, data), root=root)


@pytest.mark.parametrize("size", SIZES[1:])
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_every_older_tree_can_be_proved_and_nothing_else_passes_for_it(size, data):
    older = data.draw(st.integers(1, size))
    older_root = tree.root_at(older, node_of(size))
    root = tree.root_at(size, node_of(size))

    proof = tree.prove_consistency(older, size=size, node=node_of(size))

    assert proofs.is_consistent(older, size=size, proof=proof, older_root=older_root, root=root)
    assert not proofs.is_consistent(older, size=size, proof=[*proof, root], older_root=older_root, root=root)
    assert not proofs.is_consistent(older, size=size, proof=proof, older_root=tree.leaf_hash(b""), root=root)
    assert not proofs.is_consistent(
        older, size=size, proof=proof, older_root=older_root, root=tree.leaf_hash(b"")
    )
    if proof:
        worse = spoilt(proof, data)
        assert not proofs.is_consistent(older, size=size, proof=worse, older_root=older_root, root=root)
        assert not proofs.is_consistent(older, size=size, proof=proof[:-1], older_root=older_root, root=root)


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_is_consistent_with_itself_without_a_proof(size):
    root = tree.root_at(size, node_of(size))

    assert proofs.is_consistent(size, size=size, proof=[], older_root=root, root=root)


def test_an_empty_tree_proves_nothing_about_a_later_one():
    root = tree.root_at(1, node_of(1))

    assert not proofs.is_consistent(0, size=1, proof=[], older_root=tree.EMPTY_ROOT, root=root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (256, 256)])
def test_a_leaf_that_is_not_there_cannot_be_proved(index, size):
    with pytest.raises(ValueError, match="is not in a tree"):
        tree.prove_inclusion(index, size=size, node=node_of(size))


@pytest.mark.parametrize(("older", "size"), [(0, 1), (2, 1), (257, 256)])
def test_a_larger_tree_is_not_the_beginning_of_a_smaller_one(older, size):
    with pytest.raises(ValueError, match="is not the beginning"):
        tree.prove_consistency(older, size=size, node=node_of(size))


def spoilt(proof, data):
    """Return the proof with one bit turned."""
    at = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    step = bytearray(proof[at])
    step[bit // 8] ^= 1 << bit % 8
    return [*proof[:at], bytes(step), *proof[at + 1 :]]
