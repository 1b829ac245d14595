-- Tells whether a bar `c` gives back in the network what its own batch took: the bar for an undone termination or an undone wider bar
-- that the network may have received. To be included in EXISTS.
-- Law: art. 1. Reads: provisioning_command. Writes: -. Plan: the line's commands, by primary key (OFFSET 0). Again: the same.
    SELECT FROM (SELECT batch_id, kind, position, sent_at, read_back_at, claimed_by FROM provisioning_command
                  WHERE line_id = c.line_id OFFSET 0) e
     WHERE e.batch_id = c.batch_id AND e.kind IN ('bar', 'terminate') AND e.position < c.position
       AND (e.sent_at IS NOT NULL OR e.read_back_at IS NOT NULL OR e.claimed_by IS NOT NULL)
