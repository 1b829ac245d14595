-- Locks the lines of the slice to be undone, in one order, waiting for other processes.
-- Law: art. 1. Reads: batch_slice (temporary), lines_line. Writes: row locks.
-- Plan: lines_line_pkey.
-- Again: the same locks.
SELECT l.line_id FROM lines_line l WHERE l.line_id IN (SELECT line_id FROM batch_slice) ORDER BY l.line_id FOR UPDATE
