-- Gathers the leaves of each lowest tile as they are published, with their hashes, and finds the first that is not its hash.
-- Law: art. 11.
-- Reads: ledger_leaf between two leaves. Writes: nothing.
-- Plan: range scan of the primary key.
-- Again: the same bundles.
-- The bytes of a leaf are drawn in `ledger/leaves.py`; a bundle has each behind its length.

SELECT leaf_index / 256 AS tile_index,
       string_agg(int2send(octet_length(leaf)::smallint) || leaf, ''::bytea ORDER BY leaf_index) AS bundle,
       string_agg(leaf_hash, ''::bytea ORDER BY leaf_index) AS hashes,
       min(leaf_index) FILTER (WHERE sha256('\x00'::bytea || leaf) <> leaf_hash) AS wrong
  FROM (
    SELECT leaf_index, leaf_hash,
           convert_to('{"class":"' || leaf_class || '","day":"' || to_char(day, 'YYYY-MM-DD') || '","root":"' || encode(root, 'hex')
                      || '","v":2}', 'UTF8') AS leaf
      FROM ledger_leaf
     WHERE leaf_index >= %(first)s AND leaf_index < %(end)s
  ) AS published
 GROUP BY leaf_index / 256
 ORDER BY tile_index
