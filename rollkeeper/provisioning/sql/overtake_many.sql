-- Gives up commands for lines whose number goes to another subscriber. To be included: needs `overtake_slice (line_id)`.
-- Law: -. Reads: -. Writes: provisioning_command. Plan: primary keys by line. Again: nothing is left to give up.
overtaken AS (
    UPDATE provisioning_command c SET state = 'superseded' FROM overtake_slice o
     WHERE c.line_id = o.line_id AND c.state IN ('waiting', 'sent', 'failed')
)
