-- Takes the entries of one verb and quarter by their rank, which is a hash over the auditor's seed and the entry itself.
-- Law: art. 13 (the authority checks). Reads: ledger_entry, ledger_leaf. Writes: -.
-- Plan: ledger_entry_by_time or a parallel pass, one SHA-256 an entry, the smallest kept (top-N); leaves by entry for those alone.
-- Again: the same: entries published later lie behind the size and are passed over.
WITH ranked AS MATERIALIZED (
    SELECT entry_id, line_id, day, sha256(%(domain)s::bytea || %(seed)s::bytea || convert_to(body, 'UTF8')) AS rank
      FROM ledger_entry
     WHERE verb = %(verb)s AND day BETWEEN %(first)s AND %(last)s
     ORDER BY 4
     LIMIT %(most)s
)
SELECT r.line_id, r.day, l.leaf_index, (SELECT count(*) FROM ranked) AS looked_at
  FROM ranked r JOIN ledger_leaf l USING (entry_id)
 WHERE l.leaf_index < %(size)s
 ORDER BY r.rank
