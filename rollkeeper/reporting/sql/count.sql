-- Counts the entries of one quarter for every row of a report at once. Afterwards the caller checks with `unpublished.sql` that all of
-- them are published: a later statement sees every entry that this one saw.
-- Law: art. 13 (the authority checks). Reads: ledger_entry. Writes: -.
-- Plan: ledger_entry_by_time finds the quarter; one parallel scan of it. Only the few counted facts are cut out of each body, as text:
-- canonical JSON writes a fact in one way, and none of these has a comma. To read the body as jsonb took four times as long. Entries
-- with the same facts are grouped before the conditions of the rows are tried. Again: the same, for the same size.
WITH metric AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(metrics)s::jsonb)
        AS m (nth int, verb text, sum text, must jsonb, not_key text, not_values text[], day_by text, late text)
), wanted AS MATERIALIZED (
    SELECT w.verb, w.dated, '"' || w.keys[1] || '":' AS one, '"' || w.keys[2] || '":' AS two
      FROM jsonb_to_recordset(%(wanted)s::jsonb) AS w (verb text, keys text[], dated boolean)
), cut AS MATERIALIZED (
    SELECT e.verb, CASE WHEN w.dated THEN e.day END AS day, w.one, w.two,
           rtrim(split_part(split_part(split_part(e.body, '"facts":{', 2), w.one, 2), ',', 1), '}') AS first,
           rtrim(split_part(split_part(split_part(e.body, '"facts":{', 2), w.two, 2), ',', 1), '}') AS second,
           count(*) AS n
      FROM ledger_entry e JOIN wanted w USING (verb)
     WHERE e.day BETWEEN %(first)s AND %(last)s
     GROUP BY 1, 2, 3, 4, 5, 6
), entry AS MATERIALIZED (
    SELECT verb, day, n,
           ('{' || concat_ws(',', one || nullif(first, ''), two || nullif(second, '')) || '}')::jsonb AS facts
      FROM cut
)
SELECT m.nth, sum(entry.n * CASE WHEN m.sum IS NULL THEN 1 ELSE coalesce((facts ->> m.sum)::bigint, 0) END)::bigint AS n
  FROM entry JOIN metric m USING (verb)
 WHERE (m.must IS NULL OR facts @> m.must)
   AND (m.not_key IS NULL OR (facts ->> m.not_key = ANY (m.not_values)) IS NOT TRUE)
   AND (m.day_by IS NULL OR (entry.day > (facts ->> m.day_by)::date + 1) IS NOT TRUE)
   AND (m.late IS NULL OR entry.day > (facts ->> m.late)::date + 1)
 GROUP BY m.nth
