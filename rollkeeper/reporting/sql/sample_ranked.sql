-- Takes the entries of one verb and quarter by their rank, which is a hash over the auditor's seed and the published leaf.
-- Law: art. 13 (the authority checks). Reads: ledger_entry, ledger_leaf. Writes: -.
-- Plan: ledger_entry_by_time or a parallel pass, its leaf and one SHA-256 an entry, the smallest kept (top-N).
-- Again: the same: entries published later lie behind the size and are passed over.
WITH ranked AS MATERIALIZED (
    SELECT e.line_id, e.day, l.leaf_index, sha256(%(domain)s::bytea || %(seed)s::bytea || l.leaf_hash) AS rank
      FROM ledger_entry e JOIN ledger_leaf l USING (entry_id)
     WHERE e.verb = %(verb)s AND e.day BETWEEN %(first)s AND %(last)s AND e.line_id IS NOT NULL AND l.leaf_index < %(size)s
     ORDER BY 4
     LIMIT %(most)s
)
SELECT line_id, day, leaf_index, (SELECT count(*) FROM ranked) AS looked_at FROM ranked ORDER BY rank
