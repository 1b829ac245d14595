-- Undoes lines that an import made by mistake: number and reference are free at once, the tenure is over, the line's record is due
-- for erasure. To be included: wants `undo_slice (line_id)`, `entry (line_id, entry_id)`, %(on)s, %(at)s.
-- Law: art. 5. Reads: -. Writes: lines_line (version + 1), lines_number, lines_reference, lines_tenure.
-- Plan: primary keys by line; lines_reference_by_line. Again: the caller's; the lines are locked.
undone_line AS (
    UPDATE lines_line l
       SET state = 'terminated', terminated_on = %(on)s, terminated_by = 'import_undone', number_index = NULL, version = l.version + 1
      FROM undo_slice s WHERE l.line_id = s.line_id
 RETURNING l.line_id, old.number_index AS number_index
), freed_number AS (
    DELETE FROM lines_number n USING undone_line t WHERE n.number_index = t.number_index AND n.line_id = t.line_id
), freed_reference AS (
    DELETE FROM lines_reference r USING undo_slice s WHERE r.line_id = s.line_id
), ended_tenure AS (
    UPDATE lines_tenure h SET held = tstzrange(lower(h.held), %(at)s), ended_by_entry = entry.entry_id
      FROM entry WHERE h.line_id = entry.line_id AND upper_inf(h.held)
)
