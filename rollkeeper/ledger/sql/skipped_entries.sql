-- Finds entries that have no leaf and can get none: their place is before the last one that was taken.
-- Law: art. 11. Reads: ledger_integration, ledger_entry, ledger_leaf. Writes: -.
-- Plan: every entry that lies before the last one taken, against the leaves' entries; one hash join, some seconds at 10^7.
-- Again: the same rows.
--
-- The place of an entry is its transaction's number, which the table takes from the server. Only the table's owner can
-- write another number. Entries at or below the floor came with a restore, when all of them were given leaves.

SELECT e.entry_id
  FROM ledger_entry AS e,
       (SELECT through_xid, through_entry, floor_entry FROM ledger_integration ORDER BY step_id DESC LIMIT 1) AS last
 WHERE ((e.xid, e.entry_id) <= (last.through_xid, last.through_entry) OR e.entry_id <= last.floor_entry)
   AND NOT EXISTS (SELECT FROM ledger_leaf AS l WHERE l.entry_id = e.entry_id)
 ORDER BY e.entry_id
 LIMIT 100
