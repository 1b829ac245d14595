-- Counts the records that must be erased today, those that a legal hold keeps, and those that stay for want of a ledger entry of their end.
-- Law: art. 5. Reads: lines_line, lines_tenure, lines_legalhold, ledger_entry. Writes: -.
-- Plan: lines_line_to_erase, lines_line_undone and lines_tenure_to_erase; grows with what is due.
-- Again: the same numbers.
WITH record AS (
    SELECT l.line_id, 'line' AS what,
           lines_has_entry_of_end(l.line_id) AS entered
      FROM lines_line l
     WHERE l.terminated_on IS NOT NULL AND l.erased_on IS NULL AND l.service = ANY (%(services)s::text[])
       AND l.terminated_on BETWEEN %(since)s::date AND %(cutoff)s
    UNION ALL
    SELECT l.line_id, 'line', lines_has_entry_of_end(l.line_id)
      FROM lines_line l
     WHERE l.terminated_by = 'import_undone' AND l.erased_on IS NULL AND l.terminated_on > %(cutoff)s
       AND l.service = ANY (%(services)s::text[])
       AND %(since)s::date = '-infinity'
    UNION ALL
    SELECT p.line_id, 'tenure',
           EXISTS (SELECT FROM ledger_entry e WHERE e.entry_id = p.ended_by_entry
                      AND (e.line_id = p.line_id OR e.verb = 'vault:canary:made') OFFSET 0)
      FROM lines_tenure p JOIN lines_line l USING (line_id)
     WHERE p.erased_on IS NULL AND NOT upper_inf(p.held) AND upper(p.held) < %(before)s
       AND l.service = ANY (%(services)s::text[])
       AND upper(p.held) >= %(since_at)s::timestamptz
       AND (l.terminated_on IS NULL OR (upper(p.held) AT TIME ZONE %(zone)s)::date < l.terminated_on)
), judged AS (
    SELECT what, entered, EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = record.line_id AND h.days @> %(on)s::date) AS held
      FROM record
)
SELECT count(*) FILTER (WHERE what = 'line' AND NOT held AND entered) AS lines,
       count(*) FILTER (WHERE what = 'tenure' AND NOT held AND entered) AS tenures,
       count(*) FILTER (WHERE held) AS held,
       count(*) FILTER (WHERE NOT held AND NOT entered) AS not_entered
  FROM judged
