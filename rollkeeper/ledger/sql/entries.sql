-- Reads the leaves between two places, in their order, each with its entry, which is NULL if it is gone.
-- Law: art. 11.
-- Reads: ledger_leaf, ledger_entry. Writes: nothing.
-- Plan: range scan of the leaves, then the primary key of each entry; 65,536 in 0.14 s (2 busy cores, 2026-11-24).
-- Again: the same.

SELECT l.leaf_index, l.entry_id, l.leaf_class, l.day::text AS day, l.root, e.verb, e.day::text AS entry_day, e.body, e.at
  FROM ledger_leaf AS l
  LEFT JOIN ledger_entry AS e USING (entry_id)
 WHERE l.leaf_index >= %(first)s AND l.leaf_index < %(end)s
 ORDER BY l.leaf_index
