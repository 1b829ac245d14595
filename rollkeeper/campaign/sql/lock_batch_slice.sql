-- Locks the lines of the slice, except those that another process is working on.
-- Law: art. 3 (a subscriber who registers one minute before is never suspended: both processes lock the line first).
-- Reads: lines_line. Writes: row locks, batch_slice (temporary).
-- Plan: lines_line_pkey. Never waits for a line. Run after ANALYZE: without it the planner did not know the number of lines and
-- compared each with each (2.4 s for 5,000 lines instead of 0.05 s).
-- Again: the same locks.
WITH locked AS MATERIALIZED (
    SELECT l.line_id FROM batch_slice t JOIN lines_line l USING (line_id) FOR UPDATE OF l SKIP LOCKED
)
UPDATE batch_slice t SET is_free = true FROM locked WHERE locked.line_id = t.line_id
