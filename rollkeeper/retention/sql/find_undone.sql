-- Finds the next lines whose import was undone, which the law does not have kept for any time; returns the last one.
-- Law: art. 5 (nothing is kept longer than needed).
-- Reads: lines_line, lines_legalhold, retention_erasure, ledger_entry. Writes: retention_due (temporary), row locks.
-- Plan: lines_line_undone, behind the last line of the chunk before; otherwise as find_terminated.sql.
-- Again: those not yet intended.
WITH undone AS MATERIALIZED (
    SELECT l.line_id, l.terminated_on
      FROM lines_line l
     WHERE l.terminated_by = 'import_undone' AND l.erased_on IS NULL AND l.line_id > %(after_id)s::uuid
       AND l.service = ANY (%(services)s::text[])
       AND NOT EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = l.line_id AND h.days @> %(on)s::date OFFSET 0)
       AND NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = l.line_id AND e.tenure_id IS NULL OFFSET 0)
       AND lines_has_entry_of_end(l.line_id)
     ORDER BY l.line_id LIMIT %(chunk)s FOR UPDATE OF l SKIP LOCKED
), due AS (
    INSERT INTO retention_due (line_id, terminated_on, ground) SELECT line_id, terminated_on, 'import_undone' FROM undone
)
SELECT terminated_on AS ended, line_id AS record_id FROM undone ORDER BY line_id DESC LIMIT 1
