-- Deletes records of document copies whose keys are gone. To be included: needs `vault_slice (person_id, tenure_id)`.
-- Law: art. 5. Reads: -. Writes: vault_copy. Plan: primary key by person. Again: nothing left to delete.
deleted_copy AS (
    DELETE FROM vault_copy c USING vault_slice v WHERE c.person_id = v.person_id AND c.tenure_id = v.tenure_id
)
