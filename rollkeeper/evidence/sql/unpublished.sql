-- Counts the entries of a period that the published ledger of this size does not hold.
-- Law: art. 13. Reads: ledger_entry, ledger_leaf. Writes: -. Plan: one scan beside a hash of the leaves. Again: none, once published.
SELECT count(*) AS entries
  FROM ledger_entry e LEFT JOIN ledger_leaf l USING (entry_id)
 WHERE e.day BETWEEN %(first)s AND %(last)s AND (l.leaf_index IS NULL OR l.leaf_index >= %(size)s)
