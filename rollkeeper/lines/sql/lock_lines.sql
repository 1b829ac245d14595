-- Locks lines by reference, in one order, so that two acts never wait for each other in a ring.
-- Law: -. Reads: lines_line. Writes: row locks. Plan: lines_line_pkey. Again: the same locks.
SELECT line_id FROM lines_line WHERE line_id = ANY (%s) ORDER BY line_id FOR UPDATE
