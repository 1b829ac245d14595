-- Finds the next past holdings of lines whose records must go, and on which no legal hold lies today; says which was the last.
-- Law: art. 5 (a holding ends by transfer as a contract does). What ended with its line goes with the line.
-- Reads: lines_line, lines_holding, lines_hold, retention_erasure. Writes: retention_due (temporary), row locks.
-- Plan: lines_holding_to_erase, behind the last record of the chunk before, as in find_ended.sql; lines_line_pkey. The line is
-- locked as well, since whoever lays a hold locks it: one at work is left for the next run.
-- Again: those not yet intended.
WITH past AS MATERIALIZED (
    SELECT p.line_id, p.holding_id, upper(p.held) AS ended
      FROM lines_holding p JOIN lines_line l USING (line_id)
     WHERE p.erased_on IS NULL AND NOT upper_inf(p.held) AND upper(p.held) < %(before)s
       AND (upper(p.held), p.holding_id) > (%(after)s::timestamptz, %(after_id)s::uuid)
       AND (l.ended_on IS NULL OR (upper(p.held) AT TIME ZONE %(zone)s)::date < l.ended_on)
       AND NOT EXISTS (SELECT FROM lines_hold h WHERE h.line_id = p.line_id AND h.days @> %(on)s::date OFFSET 0)
       AND NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = p.line_id AND e.holding_id = p.holding_id OFFSET 0)
     ORDER BY upper(p.held), p.holding_id LIMIT %(chunk)s FOR UPDATE OF p, l SKIP LOCKED
), due AS (
    INSERT INTO retention_due (line_id, holding_id, ended_on, ground)
    SELECT line_id, holding_id, (ended AT TIME ZONE %(zone)s)::date, 'holding_ended' FROM past
)
SELECT ended, holding_id AS record_id FROM past ORDER BY ended DESC, holding_id DESC LIMIT 1
