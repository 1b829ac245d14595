-- Lets campaign bars and ends that were not tried yet wait until an instant, in the rights of this function's owner: a stay that is
-- entered, or a batch that is stopped, reaches what was asked of the network and the network has not heard.
-- Law: art. 1. Reads: campaign_batch. Writes: network_command. Plan: network_command_to_push; as many rows as wait.
-- Again: the same rows, to the same instant.
--
-- A batch that was stopped has a day more: long enough to undo it before anybody else loses service, and not for ever, since a line
-- must not come to its end without having been barred. What an undo asks for is not held: it bars a line that the network has ended,
-- which gives it emergency calls back.

DROP FUNCTION IF EXISTS campaign_hold_back(timestamptz);
CREATE OR REPLACE FUNCTION campaign_hold_back(until timestamptz, of_batch uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE network_command c
       SET next_try_at = until + CASE WHEN b.state IN ('stopped', 'undo_asked') THEN interval '1 day' ELSE interval '0' END
      FROM campaign_batch b
     WHERE b.batch_id = c.batch_id AND (of_batch IS NULL OR c.batch_id = of_batch)
       AND c.kind IN ('bar', 'end') AND c.state = 'waiting' AND c.attempts = 0
       AND c.reason = 'registration' AND c.claimed_by IS NULL
       AND NOT EXISTS (SELECT FROM network_command e
                        WHERE e.line_id = c.line_id AND e.kind = 'end' AND e.position < c.position)
$$;
