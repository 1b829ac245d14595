-- Finds records with copies that were taken on days so long ago that the copies are due for erasure: on the day of the registration, which
-- is some days before its tenure where it was recorded without a network.
-- Law: art. 5; how long a copy is kept is the pack's. Reads: lines_tenure, lines_line, vault_copy, ledger_entry. Writes:
-- retention_copy_due (temporary). Plan: hash joins, once a run: the copies, of which only those are there that are kept, and the
-- tenures; the entries' primary key.
-- Again: ON CONFLICT: those that another version of the law found stay with it.
WITH taken AS (
    SELECT h.tenure_id, h.line_id, coalesce(e.day, (lower(h.held) AT TIME ZONE %(zone)s)::date) AS day,
           least(l.terminated_on, (upper(h.held) AT TIME ZONE %(zone)s)::date) AS ended_on
      FROM lines_tenure h JOIN lines_line l USING (line_id)
      LEFT JOIN ledger_entry e ON e.entry_id = h.begun_by_entry
     WHERE h.erased_on IS NULL AND lower(h.held) < %(before)s::timestamptz + interval '31 days'
       AND h.tenure_id IN (SELECT tenure_id FROM vault_copy)
)
INSERT INTO retention_copy_due (tenure_id, line_id, anchor_on, ended_on, law)
SELECT tenure_id, line_id, day, ended_on, %(law)s
  FROM taken
 WHERE day BETWEEN %(since)s::date AND %(cutoff)s::date
    ON CONFLICT DO NOTHING
