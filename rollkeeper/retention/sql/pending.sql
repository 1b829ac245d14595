-- Lists erasures of records that were intended and are not done, with the persons and tenures whose keys must be destroyed: all, or those
-- begun since a moment, to skip the dead entries of earlier chunks.
-- Law: art. 5. Reads: retention_erasure, lines_tenure. Writes: -.
-- Plan: retention_erasure_under_way, lines_tenure_pkey by line.
-- Again: those still not done.
SELECT e.line_id, e.erasure_id,
       ARRAY(SELECT ARRAY[who.person_id, h.tenure_id]
               FROM lines_tenure h
              CROSS JOIN LATERAL unnest(ARRAY[h.person_id, h.user_person_id, h.bearer_person_id,
                                              h.guardian_person_id]) AS who (person_id)
              WHERE h.line_id = e.line_id AND (e.tenure_id IS NULL OR h.tenure_id = e.tenure_id)
                AND who.person_id IS NOT NULL) AS pairs
  FROM retention_erasure e
 WHERE e.done_at IS NULL AND e.ground <> 'copy_over' AND e.begun_at >= %(since)s::timestamptz
 ORDER BY e.begun_at
 LIMIT %(chunk)s
