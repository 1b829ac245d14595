-- Postpones commands, each until an instant. The caller has locked them.
-- Law: art. 1. Reads: -. Writes: provisioning_command. Plan: provisioning_command_pkey, one probe a row. Again: the same rows.
-- No app may execute it: it is called by functions that run with their owner's rights.
CREATE OR REPLACE FUNCTION network_postpone(line_ids uuid[], command_ids uuid[], untils timestamptz[])
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    UPDATE provisioning_command c
       SET attempts = CASE WHEN c.claimed_by IS NULL THEN 0 ELSE c.attempts END, next_try_at = p.until
      FROM unnest(line_ids, command_ids, untils) AS p (line_id, command_id, until)
     WHERE c.line_id = p.line_id AND c.command_id = p.command_id
$$;
REVOKE ALL ON FUNCTION network_postpone FROM PUBLIC
