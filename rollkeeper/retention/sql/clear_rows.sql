-- Clears the rows of records whose keys are gone: number, contact, reference, the subscriber's commitment; the reason of a pause, which may
-- be an illness, and the case of a hold. Their sealed values were removed before (vault/sql/forget.sql).
-- Law: art. 5. Reads: retention_erasure. Writes: lines_line, lines_number, lines_reference, lines_tenure, lines_pause, lines_legalhold,
-- retention_erasure. Plan: primary keys by line (OFFSET 0: the index of erasures under way is full of those that this run has done);
-- lines_reference_by_line.
-- Again: nothing left to clear.
WITH record AS MATERIALIZED (
    SELECT chunk.line_id, chunk.erasure_id, e.tenure_id
      FROM unnest(%(line_ids)s::uuid[], %(erasure_ids)s::uuid[]) AS chunk (line_id, erasure_id)
     CROSS JOIN LATERAL (SELECT tenure_id, done_at FROM retention_erasure
                          WHERE line_id = chunk.line_id AND erasure_id = chunk.erasure_id OFFSET 0) AS e
     WHERE e.done_at IS NULL
), erase_slice AS (
    SELECT line_id, tenure_id FROM record
),
-- include lines.erase_many
UPDATE retention_erasure e SET done_at = %(at)s FROM record WHERE e.line_id = record.line_id
   AND e.erasure_id = record.erasure_id
