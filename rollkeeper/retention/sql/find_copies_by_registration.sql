-- Finds records with copies that were taken so long ago that the copies are due for erasure. They are counted from the day of the
-- registration; of an offline registration, that is some days before its tenure.
-- Law: art. 5; how long a copy is kept is the pack's. Reads: lines_tenure, lines_line, vault_copy, ledger_entry. Writes:
-- retention_copy_due (temporary). Plan: hash joins, once a run: the copies, of which only kept ones have a row, and the
-- tenures; the ledger by its primary key, once a tenure (OFFSET 0 says so: a join would read all of it).
-- Again: ON CONFLICT: copies that another version of the law found stay with that version.
WITH taken AS (
    SELECT h.tenure_id, h.line_id, (lower(h.held) AT TIME ZONE %(zone)s)::date AS begun_on, h.begun_by_entry,
           least(l.terminated_on, (upper(h.held) AT TIME ZONE %(zone)s)::date) AS ended_on
      FROM lines_tenure h JOIN lines_line l USING (line_id)
     WHERE h.erased_on IS NULL AND lower(h.held) < %(before)s::timestamptz + interval '31 days'
       AND h.tenure_id IN (SELECT tenure_id FROM vault_copy)
), dated AS (
    SELECT t.tenure_id, t.line_id, coalesce(e.day, t.begun_on) AS day, t.ended_on
      FROM taken t
      LEFT JOIN LATERAL (SELECT day FROM ledger_entry WHERE entry_id = t.begun_by_entry OFFSET 0) AS e ON true
)
INSERT INTO retention_copy_due (tenure_id, line_id, anchor_on, ended_on, zone, counts_from_end, law)
SELECT tenure_id, line_id, day, ended_on, %(zone)s, false, %(law)s
  FROM dated
 WHERE day BETWEEN %(since)s::date AND %(cutoff)s::date
    ON CONFLICT DO NOTHING
