-- Finds values about lines in former records that are erased now, if no later record has them: a correction does not ask for values about
-- the line again, so that the subscriber's present record lacks them.
-- Law: art. 2 (the record stays whole), 5. Reads: retention_erasure, lines_tenure, lines_line, ledger_entry, vault_sealed. Writes: -.
-- Plan: primary keys by line, onwards over corrections; ledger_entry_by_line for a SIM. As many as corrected records in the chunk.
-- Again: values that were sealed with the later record are not found. Nor are values of a SIM that was replaced since, or values for a
-- record that is erased too.
WITH RECURSIVE onwards AS (
    SELECT h.line_id, h.tenure_id AS gone, h.person_id AS of_person, h.ended_by_entry AS gone_by, h.tenure_id, h.person_id, h.party_kind,
           upper(h.held) AS until, h.erased_on, 0 AS steps
      FROM retention_erasure e JOIN lines_tenure h ON h.line_id = e.line_id AND h.tenure_id = e.tenure_id
     WHERE e.line_id = ANY (%(line_ids)s::uuid[]) AND e.erasure_id = ANY (%(erasure_ids)s::uuid[]) AND e.done_at IS NULL
    UNION ALL
    SELECT h.line_id, o.gone, o.of_person, o.gone_by, h.tenure_id, h.person_id, h.party_kind, upper(h.held), h.erased_on, o.steps + 1
      FROM onwards o JOIN lines_tenure h ON h.line_id = o.line_id AND lower(h.held) = o.until
     WHERE EXISTS (SELECT FROM ledger_entry e WHERE e.entry_id = h.begun_by_entry AND e.verb = %(corrected)s)
), last AS (
    SELECT DISTINCT ON (line_id, gone) * FROM onwards ORDER BY line_id, gone, steps DESC
)
SELECT last.line_id, l.service, last.party_kind, last.of_person, last.gone, last.person_id, last.tenure_id,
       array_agg(v.field) AS fields
  FROM last JOIN lines_line l USING (line_id)
  JOIN vault_sealed v ON v.person_id = last.of_person AND v.tenure_id = last.gone AND v.field = ANY (%(of_line)s)
 WHERE last.steps > 0 AND last.erased_on IS NULL
   AND NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = last.line_id AND e.ground <> 'copy_over'
                      AND coalesce(e.tenure_id, last.tenure_id) = last.tenure_id)
   AND NOT EXISTS (SELECT FROM onwards o JOIN vault_sealed s ON s.person_id = o.person_id AND s.tenure_id = o.tenure_id AND s.field = v.field
                    WHERE o.line_id = last.line_id AND o.gone = last.gone AND o.steps > 0)
   AND NOT (v.field = ANY (%(of_sim)s) AND EXISTS (
        SELECT FROM ledger_entry e WHERE e.line_id = last.line_id AND e.verb = %(replaced)s AND e.entry_id > last.gone_by))
 GROUP BY 1, 2, 3, 4, 5, 6, 7
