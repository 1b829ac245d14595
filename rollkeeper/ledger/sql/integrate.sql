-- Gives the next leaves of the tree to committed entries, in an order that no later commit can change.
-- Law: art. 11.
-- Reads: ledger_entry after the last entry taken. Writes: ledger_leaf; one row of ledger_integration.
-- Plan: ledger_entry_by_commit from the last entry taken onwards; 65,536 entries in 0.6 s (2 busy cores, 2026-11-24).
-- Again: takes what has been committed since; without any, nothing.
--
-- An entry is taken once its transaction and all transactions with lower numbers have ended (the horizon of the
-- snapshot): then no entry with a lower place can appear any more. Writers are not waited for and do not wait.

WITH taken AS MATERIALIZED (
    SELECT e.xid, e.entry_id, sha256('\x00'::bytea || convert_to(e.body, 'UTF8')) AS leaf_hash
      FROM ledger_entry AS e
     WHERE (e.xid, e.entry_id) > (%(through_xid)s::xid8, %(through_entry)s)
       AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
       AND e.entry_id > %(floor_entry)s
     ORDER BY e.xid, e.entry_id
     LIMIT %(most)s
),
placed AS MATERIALIZED (
    SELECT %(size)s - 1 + row_number() OVER (ORDER BY xid, entry_id) AS leaf_index, xid, entry_id, leaf_hash
      FROM taken
),
written AS (
    INSERT INTO ledger_leaf (leaf_index, entry_id, leaf_hash)
    SELECT leaf_index, entry_id, leaf_hash FROM placed ORDER BY leaf_index
)
INSERT INTO ledger_integration (size, through_xid, through_entry, floor_entry, cluster)
SELECT leaf_index + 1, xid, entry_id, %(floor_entry)s, %(cluster)s
  FROM placed
 ORDER BY leaf_index DESC
 LIMIT 1
RETURNING size
