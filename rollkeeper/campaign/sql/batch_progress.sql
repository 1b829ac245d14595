-- Returns what the safety limits of a batch need: what it did, what all batches did in the last hour, what failed.
-- Law: -. Reads: campaign_chunk, campaign_complaint, campaign_emergencycount, provisioning_command. Writes: -.
-- Plan: campaign_chunk_pkey and _by_time (a row a chunk), campaign_complaint_by_batch, provisioning_command_gone_wrong and _unproven.
-- A read-back has failed if the command was given up, or if the network accepted it, was asked three times (half a minute) and
-- answers that it was not carried out. A network that does not answer proves neither.
-- Again: the same numbers.
-- Before its first chunk a batch is judged by the last hour, so that it does not begin during an alarm.
WITH began AS MATERIALIZED (
    SELECT coalesce(min(ran_at), %(hour_ago)s) AS at FROM campaign_chunk WHERE batch_id = %(batch_id)s
)
SELECT (SELECT coalesce(avg(e.anomalies), 0)::float8 FROM campaign_emergencycount e, began
         WHERE e.counted_at <= began.at AND e.counted_at > began.at - interval '7 days') AS emergency_usual,
       (SELECT coalesce(max(e.anomalies), 0) FROM campaign_emergencycount e, began
         WHERE e.counted_at > began.at) AS emergency_worst,
       (SELECT coalesce(sum(done), 0)::integer FROM campaign_chunk WHERE batch_id = %(batch_id)s) AS done,
       (SELECT coalesce(sum(done), 0)::integer FROM campaign_chunk WHERE ran_at > %(hour_ago)s) AS done_last_hour,
       (SELECT count(DISTINCT line_id) FROM campaign_complaint WHERE batch_id = %(batch_id)s) AS complaints,
       (SELECT count(*) FROM provisioning_command
         WHERE batch_id = %(batch_id)s AND batch_id IS NOT NULL
           AND (state = 'failed' OR read_back = 'floor_missing') AND state = 'failed')
       + (SELECT count(*) FROM provisioning_command
           WHERE batch_id = %(batch_id)s AND batch_id IS NOT NULL AND state = 'sent'
             AND attempts >= 3 AND read_back <> 'unknown') AS failed_read_backs,
       (SELECT count(*) FROM provisioning_command
         WHERE batch_id = %(batch_id)s AND batch_id IS NOT NULL
           AND (state = 'failed' OR read_back = 'floor_missing') AND read_back = 'floor_missing') AS floor_breaks
