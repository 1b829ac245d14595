-- Takes terminations back: line, number and tenure as they were; the days without service become a pause.
-- To be included: wants `undo_terminate_slice (line_id, state, number_index, terminated_at)`, %(on)s, %(at)s.
-- Law: art. 1. Reads: -. Writes: lines_line (version + 1), lines_number, lines_tenure, lines_pause.
-- Plan: primary keys by line. Again: the caller's; the lines are locked.
reinstated_line AS (
    UPDATE lines_line l
       SET state = u.state, terminated_on = NULL, terminated_by = NULL, version = l.version + 1
      FROM undo_terminate_slice u WHERE l.line_id = u.line_id
 RETURNING l.line_id, old.terminated_on AS terminated_on
), reinstated_number AS (
    UPDATE lines_number n SET quarantined_until = NULL
      FROM undo_terminate_slice u WHERE n.number_index = u.number_index AND n.line_id = u.line_id
), reinstated_tenure AS (
    UPDATE lines_tenure h SET held = tstzrange(lower(h.held), NULL), ended_by_entry = NULL
      FROM undo_terminate_slice u WHERE h.line_id = u.line_id AND upper(h.held) = u.terminated_at
), pause_slice AS (
    SELECT line_id, daterange(least(terminated_on, %(on)s), greatest(terminated_on, %(on)s), '[]') AS days, 'other' AS reason, %(at)s::timestamptz AS at
      FROM reinstated_line
),
-- include lines.pause_many
