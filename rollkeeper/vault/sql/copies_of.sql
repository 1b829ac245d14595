-- Names the copies of documents that belong to these persons and tenures.
-- Law: art. 5. Reads: vault_copy. Writes: -. Plan: vault_copy_pkey by person and tenure. Again: the same.
SELECT c.person_id, c.tenure_id, c.position, c.digest
  FROM unnest(%(persons)s::uuid[], %(tenures)s::uuid[]) AS gone (person_id, tenure_id)
  JOIN vault_copy c USING (person_id, tenure_id)
