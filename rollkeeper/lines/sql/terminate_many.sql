-- Ends the contracts of lines: state, tenure, number into quarantine. Open suspensions stay: they are history, not lifted.
-- To be included: wants `terminate_slice (line_id, number_index)`, `entry (line_id, entry_id)`, %(on)s, %(at)s, %(quarantined_until)s.
-- Law: art. 3 (service is terminated), art. 5 (the year of keeping begins). Reads: -.
-- Writes: lines_line (version + 1), lines_number, lines_tenure. Plan: primary keys by line. Again: the caller's; the lines are locked.
terminated_line AS (
    UPDATE lines_line l
       SET state = 'terminated', terminated_on = %(on)s, terminated_by = 'campaign', version = l.version + 1
      FROM terminate_slice s WHERE l.line_id = s.line_id
), quarantined_number AS (
    UPDATE lines_number n SET quarantined_until = %(quarantined_until)s
      FROM terminate_slice s WHERE n.number_index = s.number_index AND n.line_id = s.line_id
), ended_tenure AS (
    UPDATE lines_tenure h SET held = tstzrange(lower(h.held), %(at)s), ended_by_entry = entry.entry_id
      FROM entry WHERE h.line_id = entry.line_id AND upper_inf(h.held)
)
