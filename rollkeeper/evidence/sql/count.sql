-- Counts the published entries of one quarter for every row of a report at once.
-- Law: art. 13 (the authority checks). Reads: ledger_entry, ledger_leaf. Writes: -.
-- Plan: one parallel scan of the entries beside a hash of their leaves; each body is read once, and grouped by the few facts
-- that count; the rows of the report are tried on the groups. Again: the same, for the same size.
WITH measure AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(measures)s::jsonb)
        AS m (nth int, verb text, sum text, must jsonb, not_key text, not_values text[], day_by text, late text)
), wanted AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(wanted)s::jsonb) AS w (verb text, keys text[], dated boolean)
), entry AS MATERIALIZED (
    SELECT w.verb, kept.facts, CASE WHEN w.dated THEN e.day END AS day, count(*) AS n
      FROM ledger_entry e
      JOIN ledger_leaf l USING (entry_id)
      JOIN wanted w USING (verb)
      CROSS JOIN LATERAL (SELECT e.body::jsonb -> 'facts' AS facts OFFSET 0) AS said
      CROSS JOIN LATERAL (SELECT coalesce(jsonb_object_agg(k, said.facts -> k), '{}') AS facts
                            FROM unnest(w.keys) AS k WHERE said.facts ? k OFFSET 0) AS kept
     WHERE e.day BETWEEN %(first)s AND %(last)s AND l.leaf_index < %(size)s
     GROUP BY 1, 2, 3
)
SELECT m.nth, sum(entry.n * CASE WHEN m.sum IS NULL THEN 1 ELSE coalesce((facts ->> m.sum)::bigint, 0) END)::bigint AS n
  FROM entry JOIN measure m USING (verb)
 WHERE (m.must IS NULL OR facts @> m.must)
   AND (m.not_key IS NULL OR (facts ->> m.not_key = ANY (m.not_values)) IS NOT TRUE)
   AND (m.day_by IS NULL OR (entry.day > (facts ->> m.day_by)::date + 1) IS NOT TRUE)
   AND (m.late IS NULL OR entry.day > (facts ->> m.late)::date + 1)
 GROUP BY m.nth
