-- Gathers the leaf hashes of full tiles.
-- Law: art. 11.
-- Reads: ledger_leaf between two leaves. Writes: nothing.
-- Plan: range scan of the primary key; 256 tiles in 0.05 s (2 busy cores, 2026-11-24).
-- Again: the same tiles.

SELECT leaf_index / 256 AS tile_index, string_agg(leaf_hash, ''::bytea ORDER BY leaf_index) AS hashes
  FROM ledger_leaf
 WHERE leaf_index >= %(first)s AND leaf_index < %(end)s
 GROUP BY leaf_index / 256
 ORDER BY tile_index
