-- Takes the next records whose copies are due by a law, without a legal hold today; returns the last one looked at.
-- Law: art. 5. Reads: retention_copy_due (temporary), lines_tenure, lines_legalhold, retention_erasure, vault_copy. Writes: retention_due
-- (temporary), row locks. Plan: the key of what is due, behind the last one of the chunk before; primary keys by line. The lines are
-- locked, since adding a legal hold locks them: a line that is locked already is left for the next run.
-- Again: those not yet intended.
WITH chunk AS MATERIALIZED (
    SELECT tenure_id, line_id, anchor_on FROM retention_copy_due
     WHERE law = %(law)s AND tenure_id > %(after_id)s::uuid
     ORDER BY tenure_id LIMIT %(chunk)s
), locked AS MATERIALIZED (
    SELECT l.line_id FROM lines_line l WHERE l.line_id = ANY (ARRAY(SELECT line_id FROM chunk)) AND l.erased_on IS NULL
     ORDER BY l.line_id FOR UPDATE OF l SKIP LOCKED
), due AS (
    INSERT INTO retention_due (line_id, tenure_id, terminated_on, ground)
    SELECT c.line_id, c.tenure_id, c.anchor_on, 'copy_over'
      FROM chunk c JOIN locked USING (line_id)
     WHERE NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = c.line_id
                          AND (e.tenure_id IS NULL OR e.tenure_id = c.tenure_id) OFFSET 0)
)
SELECT tenure_id FROM chunk ORDER BY tenure_id DESC LIMIT 1
