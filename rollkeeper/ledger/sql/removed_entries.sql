-- Finds leaves whose entries are gone.
-- Law: art. 11. Reads: ledger_leaf, ledger_entry. Writes: -.
-- Plan: one hash or merge join over the numbers of both; some seconds at 10^7.
-- Again: the same rows.

SELECT l.leaf_index
  FROM ledger_leaf AS l
 WHERE NOT EXISTS (SELECT FROM ledger_entry AS e WHERE e.entry_id = l.entry_id)
 ORDER BY l.leaf_index
 LIMIT 100
