-- Lists the entries that were found missing or changed before they had a leaf, and those that a leaf has and the table has not.
-- Law: art. 5, 11 (a registered subscriber may know who accessed). Reads: ledger_fault, ledger_entry. Writes: -.
-- Plan: ledger_fault is empty unless somebody changed the register; a primary key for each row.
-- Again: the same; an entry that came back from a backup is left out.

SELECT f.entry_id, f.leaf_class, coalesce(f.day, f.found_at::date) AS day
  FROM ledger_fault AS f
 WHERE f.kind = 'removed_early'
    OR (f.kind = 'missing' AND NOT EXISTS (SELECT FROM ledger_entry AS e WHERE e.entry_id = f.entry_id))
 ORDER BY f.entry_id
 LIMIT 100
