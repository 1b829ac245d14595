-- Deletes what tells of copies whose keys are gone, and marks their erasures as done.
-- Law: art. 5. Reads: retention_erasure. Writes: vault_copy, retention_erasure. Plan: primary keys by person and line.
-- Again: nothing left to clear.
WITH vault_slice AS (
    SELECT person_id, tenure_id FROM unnest(%(persons)s::uuid[], %(tenures)s::uuid[]) AS gone (person_id, tenure_id)
),
-- include vault.delete_copies_many

UPDATE retention_erasure e SET done_at = %(at)s
  FROM unnest(%(line_ids)s::uuid[], %(erasure_ids)s::uuid[]) AS chunk (line_id, erasure_id)
 WHERE e.line_id = chunk.line_id AND e.erasure_id = chunk.erasure_id AND e.done_at IS NULL
