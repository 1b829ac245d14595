-- Finds records with copies whose contract, or whose tenure by a transfer, ended so long ago that the copies are due for erasure.
-- Law: art. 5; how long a copy is kept is the pack's. Reads: lines_line, lines_tenure, vault_copy, ledger_entry. Writes:
-- retention_copy_due (temporary). Plan: lines_line_to_erase and lines_tenure_to_erase, hash joins; once a run. Without the ledger entry
-- of the end nothing is erased, as in find_terminated.sql and find_past_tenures.sql; nor while a dispute is open, which may reopen the line.
-- Again: ON CONFLICT: copies that another version of the law found stay with that version.
WITH ended AS (
    SELECT h.tenure_id, h.line_id, l.terminated_on AS ended_on, NULL::bigint AS entry_id, true AS ends_with_line
      FROM lines_line l JOIN lines_tenure h USING (line_id)
     WHERE l.terminated_on IS NOT NULL AND l.erased_on IS NULL AND h.erased_on IS NULL AND NOT l.is_disputed
       AND l.terminated_on BETWEEN %(since)s::date AND %(cutoff)s::date
       AND (upper_inf(h.held) OR (upper(h.held) AT TIME ZONE %(zone)s)::date >= l.terminated_on)
    UNION ALL
    SELECT h.tenure_id, h.line_id, (upper(h.held) AT TIME ZONE %(zone)s)::date, h.ended_by_entry, false
      FROM lines_tenure h JOIN lines_line l USING (line_id)
     WHERE h.erased_on IS NULL AND NOT upper_inf(h.held) AND NOT l.is_disputed
       AND upper(h.held) >= %(since_at)s::timestamptz AND upper(h.held) < %(before)s::timestamptz
       AND (l.terminated_on IS NULL OR (upper(h.held) AT TIME ZONE %(zone)s)::date < l.terminated_on)
), with_copy AS MATERIALIZED (
    SELECT * FROM ended WHERE tenure_id IN (SELECT tenure_id FROM vault_copy)
)
INSERT INTO retention_copy_due (tenure_id, line_id, anchor_on, ended_on, zone, counts_from_end, law)
SELECT c.tenure_id, c.line_id, c.ended_on, c.ended_on, %(zone)s, true, %(law)s
  FROM with_copy c
 WHERE CASE WHEN c.ends_with_line THEN lines_has_entry_of_end(c.line_id)
            ELSE EXISTS (SELECT FROM ledger_entry e WHERE e.entry_id = c.entry_id AND e.line_id = c.line_id OFFSET 0) END
    ON CONFLICT DO NOTHING
