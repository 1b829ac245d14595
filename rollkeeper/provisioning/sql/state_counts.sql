-- Counts commands by kind and state, with the oldest of each.
-- Law: -. Reads: provisioning_command. Writes: -. Plan: one pass. Again: the same.
SELECT kind, state, count(*) AS count, min(requested_at) AS oldest_at
FROM provisioning_command
GROUP BY kind, state
ORDER BY kind, state
