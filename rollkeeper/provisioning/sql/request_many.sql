-- Asks the network for many things at once. To be included: wants `command_slice (line_id, kind, reason, batch_id)`, %(at)s.
-- Law: art. 3. Reads: -. Writes: provisioning_command. Plan: one insert. Again: the caller's.
requested AS (
    INSERT INTO provisioning_command (line_id, kind, reason, batch_id, requested_at)
    SELECT line_id, kind, reason, batch_id, %(at)s FROM command_slice
)
