-- Reads the bodies of the leaves between two places, in their order, with NULL for an entry that is gone.
-- Law: art. 11.
-- Reads: ledger_leaf, ledger_entry. Writes: nothing.
-- Plan: range scan of the leaves, then the primary key of each entry; 65,536 in 0.14 s (2 busy cores, 2026-11-24).
-- Again: the same.

SELECT l.leaf_index, l.entry_id, e.body
  FROM ledger_leaf AS l
  LEFT JOIN ledger_entry AS e USING (entry_id)
 WHERE l.leaf_index >= %(first)s AND l.leaf_index < %(end)s
 ORDER BY l.leaf_index
