-- Finds the next records that must go: ended lines, and past holdings of lines, on which no legal hold lies today.
-- Law: art. 5 (one year after termination; a holding ends by transfer as a contract does).
-- Reads: lines_line, lines_holding, lines_hold, retention_erasure. Writes: retention_due (temporary), row locks.
-- Plan: lines_line_to_erase and lines_holding_to_erase; grows with what is due. A line at work is left for the next run.
-- Holds and erasures are looked up by line (OFFSET 0 says so): while a great erasure goes on, statistics say that nothing is
-- erased yet, and the planner went through all that was for each line (1.7 s a chunk, and rising, 2026-11-26).
-- Past holdings have their turn once the lines are through: most holdings of their index ended with a line, and would be read
-- anew for each chunk.
-- Again: those not yet intended.
CREATE TEMPORARY TABLE retention_due ON COMMIT DROP AS
WITH line AS MATERIALIZED (
    SELECT l.line_id, NULL::uuid AS holding_id, l.ended_on, 'service_ended' AS ground
      FROM lines_line l
     WHERE l.ended_on IS NOT NULL AND l.erased_on IS NULL AND l.ended_on <= %(cutoff)s
       AND NOT EXISTS (SELECT FROM lines_hold h WHERE h.line_id = l.line_id AND h.days @> %(on)s::date OFFSET 0)
       AND NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = l.line_id AND e.holding_id IS NULL OFFSET 0)
     ORDER BY l.ended_on LIMIT %(chunk)s FOR UPDATE OF l SKIP LOCKED
), holding AS MATERIALIZED (
    SELECT p.line_id, p.holding_id, (upper(p.held) AT TIME ZONE %(zone)s)::date AS ended_on, 'holding_ended' AS ground
      FROM lines_holding p JOIN lines_line l USING (line_id)
     WHERE p.erased_on IS NULL AND NOT upper_inf(p.held) AND upper(p.held) < %(before)s
       AND (l.ended_on IS NULL OR (upper(p.held) AT TIME ZONE %(zone)s)::date < l.ended_on)
       AND NOT EXISTS (SELECT FROM lines_hold h WHERE h.line_id = p.line_id AND h.days @> %(on)s::date OFFSET 0)
       AND NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = p.line_id AND e.holding_id = p.holding_id OFFSET 0)
     LIMIT %(chunk)s - (SELECT count(*) FROM line) FOR UPDATE OF p SKIP LOCKED
)
SELECT * FROM line UNION ALL SELECT * FROM holding
