-- Takes the references that were noted and not yet taken in, the oldest first; another process takes others.
-- Law: art. 3. Reads: notices_letterback. Writes: row locks. Plan: notices_letterback_waiting. Again: the same rows.
SELECT reference FROM notices_letterback WHERE verdict IS NULL ORDER BY noted_at LIMIT %(chunk)s FOR UPDATE SKIP LOCKED
