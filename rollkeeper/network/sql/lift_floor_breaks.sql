-- Asks the network to restore lines on which it barred more than it may: no one stays without emergency calls.
-- Law: art. 3 (emergency calls excepted). Reads: lines_line. Writes: network_command.
-- Plan: inserts alone, by the primary key of the line. Again: a further command, which overtakes the one before.
-- Between the look and this a line may have ended: it is not given back to whoever had it.
INSERT INTO network_command (line_id, kind, reason, asked_at)
SELECT line_id, 'restore', 'floor_missing', %(now)s FROM unnest(%(line_ids)s::uuid[]) AS broken (line_id)
 WHERE NOT EXISTS (SELECT FROM lines_line l WHERE l.line_id = broken.line_id AND l.state IN ('ended', 'released') OFFSET 0)
