-- Counts commands by kind and state, with the oldest of each.
-- Law: -. Reads: network_command. Writes: -. Plan: one pass. Again: the same.
SELECT kind, state, count(*) AS count, min(asked_at) AS oldest_at
FROM network_command
GROUP BY kind, state
ORDER BY kind, state
