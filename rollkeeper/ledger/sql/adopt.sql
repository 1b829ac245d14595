-- Takes every entry that has no leaf, after the register was restored into another cluster.
-- Law: art. 11.
-- Reads: ledger_entry, ledger_leaf, whole. Writes: nothing; the caller gives them their leaves in this transaction.
-- Plan: a hash anti-join over both tables, once a restore; the caller has locked out writers for its length.
-- Again: the same.
-- Transaction numbers are meaningless outside their cluster. Existing entries keep the order of the old numbers; entries written
-- from now on are recognised by an entry number above the floor. An entry that was reduced has no leaf to get.

SELECT e.xid, e.entry_id, e.day, e.verb, e.body
  FROM ledger_entry AS e
 WHERE NOT EXISTS (SELECT FROM ledger_leaf AS l WHERE l.entry_id = e.entry_id)
 ORDER BY e.xid, e.entry_id
