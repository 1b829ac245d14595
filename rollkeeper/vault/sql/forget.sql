-- Deletes records' sealed rows and the rows about their copies, for erasures under way; for an erasure of copies alone, only the rows about
-- copies. No role can delete such a row otherwise: an attacker with a worker's session removes no record without its erasure's entry.
-- Law: art. 5 (erased means erased). Reads: retention_erasure, lines_tenure. Writes: vault_sealed, vault_copy.
-- Plan: primary keys by line and by person (OFFSET 0: the index of erasures under way is full of those that this run has done).
-- Again: CREATE OR REPLACE: the same function; nothing left to delete.
CREATE OR REPLACE FUNCTION vault_forget(lines uuid[], erasures uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH gone AS MATERIALIZED (
        SELECT DISTINCT who.person_id, h.tenure_id, e.ground
          FROM unnest(lines, erasures) AS chunk (line_id, erasure_id)
         CROSS JOIN LATERAL (SELECT r.tenure_id, r.ground, r.done_at FROM retention_erasure r
                              WHERE r.line_id = chunk.line_id AND r.erasure_id = chunk.erasure_id OFFSET 0) AS e
          JOIN lines_tenure h ON h.line_id = chunk.line_id AND (e.tenure_id IS NULL OR h.tenure_id = e.tenure_id)
         CROSS JOIN LATERAL unnest(ARRAY[h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id]) AS who (person_id)
         WHERE e.done_at IS NULL AND who.person_id IS NOT NULL
    ), deleted_copy AS (
        DELETE FROM vault_copy c USING gone WHERE c.person_id = gone.person_id AND c.tenure_id = gone.tenure_id
    )
    DELETE FROM vault_sealed s USING gone
     WHERE s.person_id = gone.person_id AND s.tenure_id = gone.tenure_id AND gone.ground <> 'copy_over';
END
$$;
