-- Lists erasures of copies that were intended and are not done, without a legal hold today, with the persons whose copies' keys must be
-- destroyed.
-- Law: art. 5. Reads: retention_erasure, lines_legalhold, lines_tenure. Writes: -.
-- Plan: retention_erasure_under_way; lines_legalhold_pkey and lines_tenure_pkey by line.
-- Again: those still not done.
SELECT e.line_id, e.erasure_id, e.tenure_id,
       ARRAY(SELECT who.person_id
               FROM lines_tenure h
              CROSS JOIN LATERAL unnest(ARRAY[h.person_id, h.user_person_id, h.bearer_person_id,
                                              h.guardian_person_id]) AS who (person_id)
              WHERE h.line_id = e.line_id AND h.tenure_id = e.tenure_id AND who.person_id IS NOT NULL) AS persons
  FROM retention_erasure e
 WHERE e.done_at IS NULL AND e.ground = 'copy_over' AND e.begun_at >= %(since)s::timestamptz
   AND NOT EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = e.line_id AND h.days @> %(on)s::date OFFSET 0)
 ORDER BY e.begun_at, e.erasure_id
 LIMIT %(chunk)s
