-- Removes the indexes of people of whom nothing sealed is left.
-- Law: art. 5. Runs after retention/sql/clear_rows.sql as a separate statement, so that it sees what is left.
-- Reads: vault_sealed. Writes: subscribers_document, subscribers_personlink, subscribers_subscriber.
-- Plan: vault_sealed_pkey by person, subscribers_document_by_person, subscribers_joined_pkey.
-- Again: nothing.
WITH gone AS MATERIALIZED (
    SELECT s.person_id FROM subscribers_subscriber s
     WHERE s.person_id = ANY (%(persons)s) AND s.erased_on IS NULL
       AND NOT EXISTS (SELECT FROM vault_sealed v WHERE v.person_id = s.person_id)
     ORDER BY s.person_id FOR UPDATE OF s
), found_again AS (
    DELETE FROM subscribers_document d USING gone WHERE d.person_id = gone.person_id
), parted AS (
    DELETE FROM subscribers_personlink j USING gone WHERE j.person_id = gone.person_id
)
UPDATE subscribers_subscriber s SET erased_on = %(on)s FROM gone WHERE s.person_id = gone.person_id
