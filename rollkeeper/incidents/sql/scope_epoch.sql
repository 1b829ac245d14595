-- Finds everyone whose data was sealed to a key epoch whose secret leaked: people with a key who were recorded before the epoch
-- ended, and people erased only after it began. The instant of recording is read from the tenure's reference (RFC 9562, version
-- 7).
-- Law: art. 12. Reads: vault_living (temporary), lines_tenure. Writes: incidents_affectedperson.
-- Plan: one hash join over all keys and tenures. Again: the same people; the caller removes the older list first.
WITH sealed AS (
    SELECT k.person_id, k.tenure_id FROM vault_living k WHERE uuid_extract_timestamp(k.tenure_id) < %(ended)s
    UNION
    SELECT party.person_id, h.tenure_id
      FROM lines_tenure h
     CROSS JOIN LATERAL (VALUES (h.person_id), (h.user_person_id), (h.bearer_person_id), (h.guardian_person_id))
             AS party (person_id)
     WHERE party.person_id IS NOT NULL AND lower(h.held) < %(ended)s AND h.erased_on >= %(begun_on)s
)
INSERT INTO incidents_affectedperson (incident_id, nth, person_id, line_id, fields, openings)
SELECT %(incident)s, row_number() OVER (), s.person_id, min(h.line_id::text)::uuid, ARRAY['record'], count(*)
  FROM sealed s LEFT JOIN lines_tenure h USING (tenure_id)
 GROUP BY s.person_id
