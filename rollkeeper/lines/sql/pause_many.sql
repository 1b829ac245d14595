-- Records pauses. To be included: wants `pause_slice (line_id, days, reason, at)`.
-- Law: art. 1 (a doubt in counting is settled in the person's favour). Reads: -. Writes: lines_pause. Plan: one insert. Again: the caller's.
paused AS (
    INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at)
    SELECT line_id, uuidv7(), days, reason, at FROM pause_slice
)
