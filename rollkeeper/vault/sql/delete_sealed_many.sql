-- Deletes sealed values and records of document copies of tenures whose keys are gone. To be included: needs `vault_slice
-- (person_id, tenure_id)`.
-- Law: art. 5. Reads: -. Writes: vault_copy, vault_sealed. Plan: primary keys by person. Again: nothing left to delete.
deleted_copy AS (
    DELETE FROM vault_copy c USING vault_slice v WHERE c.person_id = v.person_id AND c.tenure_id = v.tenure_id
), deleted_sealed AS (
    DELETE FROM vault_sealed s USING vault_slice v WHERE s.person_id = v.person_id AND s.tenure_id = v.tenure_id
)
