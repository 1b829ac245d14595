-- Lists the actions on a line within a tenure that have a receipt, the newest first.
-- Law: art. 13. Reads: ledger_entry. Writes: -. Plan: ledger_entry's index by line. Again: the same.

SELECT entry_id, day, verb, body
  FROM ledger_entry
 WHERE line_id = %(line_id)s AND verb = ANY (%(verbs)s) AND at >= coalesce(%(since)s, '-infinity'::timestamptz)
 ORDER BY entry_id DESC
 LIMIT 100
