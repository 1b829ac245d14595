-- Makes the temporary table of persons and tenures that have keys; the caller fills it from the other store.
-- Law: art. 5. Reads: -. Writes: vault_living (temporary). Plan: -. Again: rebuilds it.
DROP TABLE IF EXISTS pg_temp.vault_living;
CREATE TEMPORARY TABLE vault_living (person_id uuid NOT NULL, tenure_id uuid NOT NULL) ON COMMIT DROP
