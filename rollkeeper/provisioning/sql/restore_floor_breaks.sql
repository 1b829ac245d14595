-- Asks the network to restore lines on which it barred more than it may: no one stays without emergency calls.
-- Law: art. 3 (emergency calls excepted). Reads: lines_line. Writes: provisioning_command.
-- Plan: inserts alone, by the primary key of the line. Again: a further command, which supersedes the previous one. A line that
-- was terminated since the check is not given back.
INSERT INTO provisioning_command (line_id, kind, reason, requested_at)
SELECT line_id, 'restore', 'floor_missing', %(now)s FROM unnest(%(line_ids)s::uuid[]) AS broken (line_id)
 WHERE NOT EXISTS (SELECT FROM lines_line l WHERE l.line_id = broken.line_id AND l.state IN ('terminated', 'released') OFFSET 0)
