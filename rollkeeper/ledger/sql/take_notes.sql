-- Removes the notes of transactions whose entries were just taken, and records a fault where a note does not agree with the entries.
-- Law: art. 11. Reads: ledger_entry. Writes: ledger_appended, ledger_fault.
-- Plan: ledger_appended is nearly empty; ledger_entry_by_commit, one probe a transaction.
-- Again: nothing left.
-- A transaction whose entries are not all taken yet is left for the next step (`before`).

WITH noted AS (
    DELETE FROM ledger_appended
     WHERE xid < least(%(before)s::text::xid8, pg_snapshot_xmin(pg_current_snapshot()))
 RETURNING xid, first_entry, entries, bodies, day
), expected AS (
    SELECT xid, min(first_entry) AS first_entry, sum(entries) AS entries, sum(bodies) AS bodies, min(day) AS day
      FROM noted GROUP BY xid
)
INSERT INTO ledger_fault (kind, entry_id, day)
SELECT 'removed_early', first_entry, day
  FROM expected x
 CROSS JOIN LATERAL (SELECT count(*) AS entries, coalesce(sum(hashtextextended(e.body, 0)), 0) AS bodies
                       FROM ledger_entry e WHERE e.xid = x.xid) AS there
 WHERE (there.entries, there.bodies) <> (x.entries, x.bodies)
ON CONFLICT DO NOTHING
