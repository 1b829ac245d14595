-- Ends a line; its number goes into quarantine. Open suspensions stay as they are: they are history, not lifted.
-- Law: art. 3, 5 (the year of keeping begins). Reads: -. Writes: lines_line, lines_number.
-- Plan: primary keys. Again: no row, since the line is over.
WITH ended AS (
    UPDATE lines_line SET state = 'terminated', terminated_on = %(on)s, terminated_by = %(by)s, version = version + 1
     WHERE line_id = %(line_id)s AND state IN ('active', 'suspended')
 RETURNING line_id, number_index
), quarantined AS (
    UPDATE lines_number n SET quarantined_until = %(until)s
      FROM ended WHERE n.number_index = ended.number_index AND n.line_id = ended.line_id
)
SELECT line_id FROM ended
