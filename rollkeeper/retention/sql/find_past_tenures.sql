-- Finds the next past tenures whose records are due for erasure without a legal hold today; returns the last one.
-- A tenure without the ledger entry of its end is never erased.
-- Law: art. 5 (a tenure ends by transfer as a contract does). A tenure that ended with its line is erased with the line.
-- Reads: lines_line, lines_tenure, lines_legalhold, retention_erasure, ledger_entry. Writes: retention_due (temporary), row locks.
-- Plan: lines_tenure_to_erase, behind the last record of the chunk before, as in find_terminated.sql; lines_line_pkey. The line is
-- locked as well, since adding a legal hold locks it: a line that is locked already is left for the next run.
-- Again: those not yet intended.
WITH past AS MATERIALIZED (
    SELECT p.line_id, p.tenure_id, upper(p.held) AS ended
      FROM lines_tenure p JOIN lines_line l USING (line_id)
     WHERE p.erased_on IS NULL AND NOT upper_inf(p.held) AND upper(p.held) < %(before)s
       AND l.service = ANY (%(services)s::text[])
       AND (upper(p.held), p.tenure_id) > (%(after)s::timestamptz, %(after_id)s::uuid)
       AND (l.terminated_on IS NULL OR (upper(p.held) AT TIME ZONE %(zone)s)::date < l.terminated_on)
       AND NOT EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = p.line_id AND h.days @> %(on)s::date OFFSET 0)
       AND NOT EXISTS (SELECT FROM retention_erasure e WHERE e.line_id = p.line_id AND e.tenure_id = p.tenure_id
                          AND e.ground <> 'copy_over' OFFSET 0)
       AND EXISTS (SELECT FROM ledger_entry e WHERE e.entry_id = p.ended_by_entry
                      AND (e.line_id = p.line_id OR e.verb = 'vault:canary:made') OFFSET 0)
     ORDER BY upper(p.held), p.tenure_id LIMIT %(chunk)s FOR UPDATE OF p, l SKIP LOCKED
), due AS (
    INSERT INTO retention_due (line_id, tenure_id, terminated_on, ground)
    SELECT line_id, tenure_id, (ended AT TIME ZONE %(zone)s)::date, 'tenure_ended' FROM past
)
SELECT ended, tenure_id AS record_id FROM past ORDER BY ended DESC, tenure_id DESC LIMIT 1
