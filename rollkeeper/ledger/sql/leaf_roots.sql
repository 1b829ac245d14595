-- Gathers the leaves of each lowest tile: their classes and days, their roots one after another, and the tile where it is full.
-- Law: art. 11.
-- Reads: ledger_leaf between two leaves, ledger_tile. Writes: nothing.
-- Plan: range scan of the primary key; one primary key a tile.
-- Again: the same leaves.
-- One row a tile, so that the publisher makes no object of each leaf's row. A zero byte, which no text contains, separates texts.

SELECT found.tile_index, found.heads, found.roots, t.hashes
  FROM (
        SELECT leaf_index / 256 AS tile_index,
               string_agg(textsend(leaf_class || ' ' || day::text), '\x00'::bytea ORDER BY leaf_index) AS heads,
               string_agg(root, ''::bytea ORDER BY leaf_index) AS roots
          FROM ledger_leaf
         WHERE leaf_index >= %(first)s AND leaf_index < %(end)s
         GROUP BY leaf_index / 256
       ) AS found
  LEFT JOIN ledger_tile AS t ON t.level = 0 AND t.tile_index = found.tile_index
 ORDER BY found.tile_index
