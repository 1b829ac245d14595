-- Removes the document indexes of people of whom nothing sealed is left, and the rows that join them to other references. If the others
-- were counted under an erased reference, they are counted under the next one.
-- Law: art. 5. Runs after retention/sql/clear_rows.sql as a separate statement, so that it sees what is left.
-- Reads: vault_sealed. Writes: subscribers_document, subscribers_personlink, subscribers_subscriber.
-- Plan: vault_sealed_pkey by person, subscribers_document_by_person, subscribers_joined_pkey, subscribers_personlink_by_principal.
-- Again: nothing.
WITH gone AS MATERIALIZED (
    SELECT s.person_id FROM subscribers_subscriber s
     WHERE s.person_id = ANY (%(persons)s) AND s.erased_on IS NULL
       AND NOT EXISTS (SELECT FROM vault_sealed v WHERE v.person_id = s.person_id)
     ORDER BY s.person_id FOR UPDATE OF s
), found_again AS (
    DELETE FROM subscribers_document d USING gone WHERE d.person_id = gone.person_id
), joined AS MATERIALIZED (
    SELECT j.person_id, min(j.person_id::text) OVER (PARTITION BY j.principal_id)::uuid AS next_id
      FROM subscribers_personlink j JOIN gone ON gone.person_id = j.principal_id
     WHERE j.person_id NOT IN (SELECT person_id FROM gone)
), parted AS (
    DELETE FROM subscribers_personlink j
     WHERE j.person_id IN (SELECT person_id FROM gone UNION ALL SELECT person_id FROM joined WHERE person_id = next_id)
), passed_on AS (
    UPDATE subscribers_personlink j SET principal_id = joined.next_id
      FROM joined WHERE j.person_id = joined.person_id AND joined.person_id <> joined.next_id
)
UPDATE subscribers_subscriber s SET erased_on = %(on)s FROM gone WHERE s.person_id = gone.person_id
