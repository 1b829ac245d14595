-- Counts what the network has not proved of the commands of batches: given up, floor missing, and (to a limit) under way.
-- Law: art. 1 (a doubt is shown). Reads: provisioning_command. Writes: -.
-- Plan: provisioning_command_gone_wrong contains only failed commands; the scan of provisioning_command_in_turn ends at the limit.
-- Again: the same numbers.
SELECT (SELECT count(*) FROM provisioning_command
         WHERE batch_id IS NOT NULL AND (state = 'failed' OR read_back = 'floor_missing') AND state = 'failed') AS failed,
       (SELECT count(*) FROM provisioning_command
         WHERE batch_id IS NOT NULL AND (state = 'failed' OR read_back = 'floor_missing')
           AND read_back = 'floor_missing') AS floor_missing,
       (SELECT count(*) FROM (SELECT FROM provisioning_command
                               WHERE state IN ('waiting', 'sent') AND next_try_at <= %(now)s LIMIT %(limit)s) found) AS under_way
