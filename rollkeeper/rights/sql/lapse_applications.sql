-- Forgets what was given from afar and waited in vain: its last day is over, or the line has a holder or has ended by now.
-- Law: art. 5 (no longer than is needed). Reads: lines_line. Writes: rights_application.
-- Plan: rights_application_waiting_twice_for_one_line, those that wait. Again: nothing.

UPDATE rights_application AS a
   SET state = 'lapsed', sealed = NULL, document_mark = NULL, name_mark = NULL
  FROM lines_line AS l
 WHERE l.line_id = a.line_id AND a.state = 'held'
   AND (a.until < %(on)s OR l.is_registered OR l.state NOT IN ('active', 'suspended'))
RETURNING a.application_id, a.line_id
