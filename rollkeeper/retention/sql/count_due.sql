-- Counts what must go today, and what a legal hold keeps.
-- Law: art. 5. Reads: lines_line, lines_tenure, lines_legalhold. Writes: -.
-- Plan: lines_line_to_erase and lines_tenure_to_erase; grows with what is due.
-- Again: the same numbers.
WITH record AS (
    SELECT l.line_id, 'line' AS what FROM lines_line l
     WHERE l.terminated_on IS NOT NULL AND l.erased_on IS NULL AND l.terminated_on <= %(cutoff)s
    UNION ALL
    SELECT p.line_id, 'tenure' FROM lines_tenure p JOIN lines_line l USING (line_id)
     WHERE p.erased_on IS NULL AND NOT upper_inf(p.held) AND upper(p.held) < %(before)s
       AND (l.terminated_on IS NULL OR (upper(p.held) AT TIME ZONE %(zone)s)::date < l.terminated_on)
), judged AS (
    SELECT what, EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = record.line_id AND h.days @> %(on)s::date) AS held
      FROM record
)
SELECT count(*) FILTER (WHERE what = 'line' AND NOT held) AS lines,
       count(*) FILTER (WHERE what = 'tenure' AND NOT held) AS tenures,
       count(*) FILTER (WHERE held) AS held
  FROM judged
