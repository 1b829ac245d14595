-- Finds who held a number on one day, or at one moment of it: the line that has it now and lines that had it before.
-- Law: the pack's disclosure[] (one person, one day). Reads: lines_number, lines_line, lines_tenure, subscribers_subscriber.
-- Writes: -. Plan: lines_number_pkey and lines_line_by_past_number, then the temporal key of lines_tenure.
-- Again: the same. Erased people are not found: neither the number nor the tenure names them any more.
WITH named AS (
    SELECT line_id FROM lines_number WHERE number_index = %(index)s
    UNION
    SELECT line_id FROM lines_line WHERE number_index = %(index)s AND terminated_on IS NOT NULL
)
SELECT h.line_id, h.tenure_id, h.person_id, h.assurance, h.contested_on, coalesce(s.is_protected, false) AS is_protected
  FROM named JOIN lines_tenure h USING (line_id)
  LEFT JOIN subscribers_subscriber s USING (person_id)
 WHERE h.held && tstzrange(%(since)s, %(until)s, '[]') AND h.erased_on IS NULL
