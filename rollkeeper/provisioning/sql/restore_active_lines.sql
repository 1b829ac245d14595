-- Asks the network to restore lines that are in service in the register and not in the network.
-- Law: art. 3 (nobody loses service without a decision). Reads: lines_line. Writes: provisioning_command, row locks.
-- Plan: primary key of the line. Again: a further command, which supersedes the one before.
-- The line is locked: whoever suspends it in this moment asks for the bar after this, or is left alone (SKIP LOCKED).
WITH served AS MATERIALIZED (
    SELECT line_id FROM lines_line WHERE line_id = ANY (%(line_ids)s) AND state = 'active' FOR UPDATE SKIP LOCKED
)
INSERT INTO provisioning_command (line_id, kind, reason, requested_at) SELECT line_id, 'restore', 'in_service', %(now)s FROM served
