-- Gathers the leaves of each lowest tile: their classes and days, and their roots one after another.
-- Law: art. 11.
-- Reads: ledger_leaf between two leaves. Writes: nothing.
-- Plan: range scan of the primary key.
-- Again: the same leaves.
-- One row a tile, so that the publisher makes no object of the row of each leaf.

SELECT leaf_index / 256 AS tile_index,
       array_agg(leaf_class || ' ' || day::text ORDER BY leaf_index) AS heads,
       string_agg(root, ''::bytea ORDER BY leaf_index) AS roots
  FROM ledger_leaf
 WHERE leaf_index >= %(first)s AND leaf_index < %(end)s
 GROUP BY leaf_index / 256
 ORDER BY tile_index
