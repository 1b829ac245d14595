-- Lists keys that were destroyed after the keys were backed up and came back with a restore: of erased records, and of copies alone.
-- Law: art. 5. Copies' keys have the tenure's reference as of version 8, those of further SIMs as of 9 and with their number. Reads: retention_erasure, lines_tenure, vault_living (temporary).
-- Writes: -. Plan: hash joins over all erasures and keys; once a restore.
-- Again: those that are still there.
WITH gone AS (
    SELECT who.person_id, h.tenure_id, e.ground = 'copy_over' AS is_copies
      FROM retention_erasure e
      JOIN lines_tenure h ON h.line_id = e.line_id AND (e.tenure_id IS NULL OR h.tenure_id = e.tenure_id)
     CROSS JOIN LATERAL unnest(ARRAY[h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id]) AS who (person_id)
     WHERE e.done_at IS NOT NULL AND (e.ground = 'copy_over' OR h.erased_on IS NOT NULL)
), key AS (
    SELECT person_id, tenure_id, is_copies, tenure_id AS named FROM gone WHERE NOT is_copies
     UNION ALL
    SELECT person_id, tenure_id, is_copies, overlay(tenure_id::text PLACING '8' FROM 15 FOR 1)::uuid FROM gone
)
SELECT key.person_id, key.tenure_id, key.is_copies
  FROM key JOIN vault_living k ON k.person_id = key.person_id AND k.tenure_id = key.named
 UNION
SELECT gone.person_id, gone.tenure_id, false
  FROM gone JOIN vault_living k
    ON k.person_id = gone.person_id
   AND overlay(k.tenure_id::text PLACING '0000' FROM 15 FOR 4) = overlay(gone.tenure_id::text PLACING '0000' FROM 15 FOR 4)
 WHERE NOT gone.is_copies AND substr(k.tenure_id::text, 15, 1) = '9'
