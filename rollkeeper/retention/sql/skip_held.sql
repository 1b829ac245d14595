-- Leaves out records on which a legal hold was added while they were searched; adding one now waits, since their
-- lines are locked.
-- Law: art. 5. Reads: lines_legalhold, retention_due (temporary). Writes: retention_due.
-- Plan: lines_legalhold_pkey by line, one probe for each row of the chunk.
-- Again: nothing.
DELETE FROM retention_due d
 WHERE EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = d.line_id AND h.days @> %(on)s::date OFFSET 0)
