-- Names the copies of documents that belong to these persons and holdings.
-- Law: art. 5. Reads: vault_copy. Writes: -. Plan: vault_copy_pkey by person and holding. Again: the same.
SELECT c.person_id, c.holding_id, c.position, c.digest
  FROM unnest(%(persons)s::uuid[], %(holdings)s::uuid[]) AS gone (person_id, holding_id)
  JOIN vault_copy c USING (person_id, holding_id)
