-- Asks the network to restore lines on which it barred more than it may: no one stays without emergency calls.
-- Law: art. 3 (emergency calls excepted). Reads: -. Writes: network_command.
-- Plan: inserts alone. Again: a further command, which overtakes the one before.
INSERT INTO network_command (line_id, kind, reason, asked_at)
SELECT line_id, 'restore', 'floor_missing', %(now)s FROM unnest(%(line_ids)s::uuid[]) AS broken (line_id)
