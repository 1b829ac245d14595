-- Counts, for one batch, the commands whose read-back was asked for and those of them that the network did not prove.
-- Law: art. 1 (a doubt stops the batch). Reads: network_command. Writes: -.
-- Plan: index network_command_by_batch. Again: the same.
SELECT
    count(*) FILTER (WHERE state IN ('sent', 'failed')) AS failed,
    count(*) FILTER (WHERE state IN ('sent', 'failed', 'confirmed')) AS total
FROM network_command
WHERE batch_id = %(batch_id)s
