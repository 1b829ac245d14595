-- Asks the network to restore lines that are in service in the register and not in the network.
-- Law: art. 3 (no line loses service without a decision). Reads: lines_line. Writes: provisioning_command, row locks.
-- Plan: primary key of the line. Again: a further command, which supersedes the previous one. The line is locked: a concurrent
-- suspension requests its bar after this, or the line is skipped (SKIP LOCKED). Returns the lines that were not skipped.
WITH served AS MATERIALIZED (
    SELECT line_id FROM lines_line WHERE line_id = ANY (%(line_ids)s) AND state = 'active' FOR UPDATE SKIP LOCKED
)
INSERT INTO provisioning_command (line_id, kind, reason, requested_at) SELECT line_id, 'restore', 'in_service', %(now)s FROM served
RETURNING line_id
