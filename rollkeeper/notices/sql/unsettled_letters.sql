-- Takes noted references that have no verdict yet, the oldest first; another process takes others. Slips wait a while.
-- Law: art. 3 (informed is who was provably reached). Reads: notices_returnedletter. Writes: row locks.
-- Plan: notices_returnedletter_waiting. Again: the same rows.
SELECT reference FROM notices_returnedletter
WHERE verdict IS NULL AND (length(reference) = %(envelope)s OR recorded_at <= %(slips_until)s)
ORDER BY recorded_at LIMIT %(chunk)s FOR UPDATE SKIP LOCKED
