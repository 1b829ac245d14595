-- Makes restore commands due that wait longer than the longest wait: they were put off while the machine's clock was ahead.
-- Law: art. 3 (a registration restores). Reads: -. Writes: provisioning_command (next_try_at).
-- Plan: index provisioning_command_in_turn, from the longest wait on: none. Again: nothing.
-- Only restores: bars and terminations are also put off on purpose, for days, and a line that works on for a while does no harm.

UPDATE provisioning_command SET next_try_at = %(now)s
 WHERE kind = 'restore' AND state IN ('waiting', 'sent') AND claimed_by IS NULL AND next_try_at > %(latest)s
