-- Lists what the published ledger says of the lines of a sample: nothing that a reader of the ledger does not have.
-- Law: art. 13. Reads: ledger_entry, ledger_leaf. Writes: -. Plan: ledger_entry_by_line, a score of lines. Again: the same.
SELECT e.line_id, e.day, e.verb, e.body::jsonb ->> 'article' AS article, l.leaf_index
  FROM ledger_entry e JOIN ledger_leaf l USING (entry_id)
 WHERE e.line_id = ANY (%(lines)s) AND l.leaf_index < %(published)s
 ORDER BY e.entry_id
