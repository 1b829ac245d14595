-- Marks erasures of copies as done: the rows about them were removed before (vault/sql/forget.sql).
-- Law: art. 5. Reads: -. Writes: retention_erasure. Plan: primary key. Again: nothing.
UPDATE retention_erasure e SET done_at = %(at)s
  FROM unnest(%(line_ids)s::uuid[], %(erasure_ids)s::uuid[]) AS chunk (line_id, erasure_id)
 WHERE e.line_id = chunk.line_id AND e.erasure_id = chunk.erasure_id AND e.done_at IS NULL
