-- Finds the next terminated lines whose records are due for erasure without a legal hold today; returns the last one.
-- A line without the ledger entry of its termination is never erased.
-- Law: art. 5 (one year after termination).
-- Reads: lines_line, lines_legalhold, retention_erasure, ledger_entry. Writes: retention_due (temporary), row locks.
-- Plan: lines_line_to_erase, behind the last record of the chunk before: records that are held, or were erased in this run, are
-- passed once and not with each chunk. Holds and erasures are looked up by line (OFFSET 0 says so): while a large erasure goes on,
-- the planner's statistics say that nothing is erased yet. A line that is locked already is left for the next run.
-- Again: those not yet intended.
WITH ended AS MATERIALIZED (
    SELECT l.line_id, l.terminated_on
      FROM lines_line l
     WHERE l.terminated_on IS NOT NULL AND l.erased_on IS NULL AND l.terminated_on <= %(cutoff)s
       AND l.service = ANY (%(services)s::text[])
       AND (l.terminated_on, l.line_id) > (%(after)s::date, %(after_id)s::uuid)
       AND NOT EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = l.line_id AND h.days @> %(on)s::date OFFSET 0)
       AND NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = l.line_id AND e.tenure_id IS NULL OFFSET 0)
       AND lines_has_entry_of_end(l.line_id)
     ORDER BY l.terminated_on, l.line_id LIMIT %(chunk)s FOR UPDATE OF l SKIP LOCKED
), due AS (
    INSERT INTO retention_due (line_id, terminated_on, ground) SELECT line_id, terminated_on, 'service_ended' FROM ended
)
SELECT terminated_on AS ended, line_id AS record_id FROM ended ORDER BY terminated_on DESC, line_id DESC LIMIT 1
