-- Lifts the suspensions of one batch; the days without service become a pause.
-- To be included: wants `undo_suspend_slice (line_id, stays_suspended)`, %(batch_id)s, %(on)s, %(at)s.
-- Law: art. 1. Only this batch's reason is lifted; a line with another open reason stays suspended for that one. Reads: -.
-- Writes: lines_suspension, lines_line (version + 1), lines_pause. Plan: primary keys by line. Statistics from before the batch
-- say that no line is suspended; the CASE keeps the planner from using them. Again: nothing is left to undo.
lifted_suspension AS (
    UPDATE lines_suspension s SET restored_on = %(on)s, restored_at = %(at)s
      FROM undo_suspend_slice u WHERE s.line_id = u.line_id
       AND CASE WHEN s.batch_id = %(batch_id)s AND s.restored_on IS NULL THEN true ELSE false END
 RETURNING s.line_id, s.begun_on
), restored_line AS (
    UPDATE lines_line l
       SET state = CASE WHEN u.stays_suspended THEN 'suspended' ELSE 'active' END, version = l.version + 1
      FROM undo_suspend_slice u WHERE l.line_id = u.line_id
), pause_slice AS (
    SELECT line_id, daterange(least(begun_on, %(on)s), greatest(begun_on, %(on)s), '[]') AS days, 'other' AS reason, %(at)s::timestamptz AS at
      FROM lifted_suspension
),
-- include lines.pause_many
