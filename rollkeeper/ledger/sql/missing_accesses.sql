-- Lists the entries that are gone and may have been accesses: those with a leaf of that class that checks found missing, and
-- those that were removed or changed before they had a leaf.
-- Law: art. 5, 11 (a registered subscriber may know who accessed). Reads: ledger_fault, ledger_entry. Writes: -.
-- Plan: ledger_fault is empty unless the register was changed; a primary key for each row.
-- Again: the same; an entry that came back from a backup is left out.

SELECT f.entry_id, f.leaf_class, coalesce(f.day, f.found_at::date) AS day
  FROM ledger_fault AS f
 WHERE (f.kind = 'removed_early'
        OR (f.kind = 'missing' AND f.leaf_class = %(access)s
            AND NOT EXISTS (SELECT FROM ledger_entry AS e WHERE e.entry_id = f.entry_id)))
   AND coalesce(f.day, f.found_at::date) >= %(since)s
 ORDER BY f.entry_id
 LIMIT 500
