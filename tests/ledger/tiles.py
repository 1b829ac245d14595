# SPDX-License-Identifier: EUPL-1.2
"""Compares the tiles of the register with the leaves below them."""

from rollkeeper.kernel import database
from rollkeeper.ledger import tree
from rollkeeper.ledger.tree import HASH_BYTES

WIDTH = 256


def require_tiles(hashes: bytes, low_tiles: int) -> None:
    """Require that this many low tiles are the hashes of the leaves, and that the tile above has the roots of the first."""
    low = {t.tile_index: t for t in database.rows("SELECT * FROM ledger_tile WHERE level = 0")}
    (high,) = database.rows("SELECT * FROM ledger_tile WHERE level = 1")
    assert sorted(low) == list(range(low_tiles))
    tiles = b"".join(bytes(low[i].hashes) for i in range(low_tiles))
    assert tiles == hashes[: low_tiles * WIDTH * HASH_BYTES]
    assert bytes(high.hashes) == b"".join(bytes(low[i].root) for i in range(WIDTH))
    assert bytes(high.root) == tree.root_of(hashes[: WIDTH * WIDTH * HASH_BYTES])
