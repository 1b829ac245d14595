-- Counts the published entries of one quarter for every row of a report at once.
-- Law: art. 13 (the authority checks). Reads: ledger_entry, ledger_leaf. Writes: -.
-- Plan: one parallel scan of the entries, a hash of their leaves, each body read once; the rows of a verb are tried on it.
-- Again: the same, for the same size.
WITH measure AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(measures)s::jsonb)
        AS m (nth int, verb text, sum text, must jsonb, not_key text, not_values text[], day_by text, late text)
), entry AS (
    SELECT e.verb, e.day, coalesce(e.body::jsonb -> 'facts', '{}') AS facts
      FROM ledger_entry e JOIN ledger_leaf l USING (entry_id)
     WHERE e.day BETWEEN %(first)s AND %(last)s AND l.leaf_index < %(size)s AND e.verb = ANY (%(verbs)s)
)
SELECT m.nth, sum(CASE WHEN m.sum IS NULL THEN 1 ELSE coalesce((facts ->> m.sum)::bigint, 0) END)::bigint AS n
  FROM entry JOIN measure m USING (verb)
 WHERE (m.must IS NULL OR facts @> m.must)
   AND (m.not_key IS NULL OR (facts ->> m.not_key = ANY (m.not_values)) IS NOT TRUE)
   AND (m.day_by IS NULL OR (entry.day > (facts ->> m.day_by)::date + 1) IS NOT TRUE)
   AND (m.late IS NULL OR entry.day > (facts ->> m.late)::date + 1)
 GROUP BY m.nth
