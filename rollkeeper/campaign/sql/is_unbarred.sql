-- Whether a suspended line may still work: the network has not proved its bar, or was last asked to restore it, as for a broken emergency
-- floor. Its termination would come without warning. Without a network in the settings, no command is tried. To be included: wants the member as m.
-- Law: art. 1, 3. Reads: provisioning_command. Writes: -. Plan: the line's newest command, by primary key. Again: the same.
(m.stage = 'suspended' AND (
    SELECT n.kind = 'restore' OR n.kind = 'bar' AND (
               n.state IN ('failed', 'sent') OR n.state = 'waiting' AND (%(has_own_network)s OR n.attempts > 0 OR n.next_try_at > %(now)s))
      FROM provisioning_command n WHERE n.line_id = m.line_id ORDER BY n.position DESC LIMIT 1))
