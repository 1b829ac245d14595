-- Gathers the roots of full tiles of one level: the hashes of the next.
-- Law: art. 11.
-- Reads: ledger_tile of one level between two tiles. Writes: nothing.
-- Plan: range scan of the primary key.
-- Again: the same tiles.

SELECT tile_index / 256 AS tile_index, string_agg(root, ''::bytea ORDER BY tile_index) AS hashes
  FROM ledger_tile
 WHERE level = %(below)s AND tile_index >= %(first)s AND tile_index < %(end)s
 GROUP BY tile_index / 256
 ORDER BY 1
