-- Lets campaign bars and ends that were not tried yet wait until an instant, in the rights of this function's owner: a stay that is
-- entered reaches what a batch has asked of the network and the network has not heard.
-- Law: art. 1. Reads: -. Writes: network_command. Plan: network_command_to_push; as many rows as wait.
-- Again: the same rows, to the same instant.
--
-- What an undo asks for is not held: it bars a line that the network has ended, which gives it emergency calls back.

CREATE OR REPLACE FUNCTION campaign_hold_back(until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE network_command c SET next_try_at = until
     WHERE c.kind IN ('bar', 'end') AND c.state = 'waiting' AND c.attempts = 0
       AND c.batch_id IS NOT NULL AND c.reason = 'registration' AND c.claimed_by IS NULL AND c.next_try_at <> until
       AND NOT EXISTS (SELECT FROM network_command e
                        WHERE e.line_id = c.line_id AND e.kind = 'end' AND e.position < c.position)
$$;
