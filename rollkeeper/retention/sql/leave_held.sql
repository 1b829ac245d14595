-- Leaves out records on which somebody laid a legal hold while they were looked for; whoever lays one now waits, since their
-- lines are locked.
-- Law: art. 5. Reads: lines_hold, retention_due (temporary). Writes: retention_due.
-- Plan: lines_hold_pkey by line, as many probes as the chunk has.
-- Again: nothing.
DELETE FROM retention_due d
 WHERE EXISTS (SELECT FROM lines_hold h WHERE h.line_id = d.line_id AND h.days @> %(on)s::date OFFSET 0)
