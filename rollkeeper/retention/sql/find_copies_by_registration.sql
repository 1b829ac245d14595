-- Finds records with copies that were taken on days so long ago that the copies are due for erasure.
-- Law: art. 5; how long a copy is kept is the pack's. Reads: lines_tenure, lines_line, vault_copy. Writes: retention_copy_due
-- (temporary). Plan: hash joins, once a run: the copies, of which only those are there that are kept, and the tenures.
-- Again: ON CONFLICT: those that another version of the law found stay with it.
INSERT INTO retention_copy_due (tenure_id, line_id, anchor_on, ended_on, law)
SELECT h.tenure_id, h.line_id, (lower(h.held) AT TIME ZONE %(zone)s)::date,
       least(l.terminated_on, (upper(h.held) AT TIME ZONE %(zone)s)::date), %(law)s
  FROM lines_tenure h JOIN lines_line l USING (line_id)
 WHERE h.erased_on IS NULL
   AND lower(h.held) >= %(since_at)s::timestamptz AND lower(h.held) < %(before)s::timestamptz
   AND h.tenure_id IN (SELECT tenure_id FROM vault_copy)
    ON CONFLICT DO NOTHING
