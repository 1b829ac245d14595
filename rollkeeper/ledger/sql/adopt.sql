-- Takes every entry that has no leaf, after the register was restored into another cluster, and notes the cluster.
-- Law: art. 11.
-- Reads: ledger_entry, ledger_leaf, whole. Writes: ledger_leaf; one row of ledger_integration.
-- Plan: a hash anti-join over both tables, once a restore; the caller has locked out writers for its length.
-- Again: not needed; takes nothing and notes the same cluster.
-- Transaction numbers are meaningless outside their cluster. Existing entries keep the order of the old numbers; entries written
-- from now on are recognised by an entry number above the floor.

WITH placed AS MATERIALIZED (
    SELECT %(size)s - 1 + row_number() OVER (ORDER BY e.xid, e.entry_id) AS leaf_index, e.entry_id,
           sha256('\x00'::bytea || convert_to(e.body, 'UTF8')) AS leaf_hash
      FROM ledger_entry AS e
     WHERE NOT EXISTS (SELECT FROM ledger_leaf AS l WHERE l.entry_id = e.entry_id)
),
written AS (
    INSERT INTO ledger_leaf (leaf_index, entry_id, leaf_hash)
    SELECT leaf_index, entry_id, leaf_hash FROM placed ORDER BY leaf_index
)
INSERT INTO ledger_integration (size, through_xid, through_entry, floor_entry, cluster)
SELECT %(size)s + (SELECT count(*) FROM placed), '0', 0,
       (SELECT coalesce(max(entry_id), 0) FROM ledger_entry), %(cluster)s
RETURNING size
