-- Deletes the data of remote applications that waited in vain: the last day is over, or the line now has a subscriber or has ended.
-- Law: art. 5 (no longer than is needed). Reads: lines_line. Writes: selfcare_application.
-- Plan: selfcare_application_pending_twice_for_one_line, those that wait. Again: nothing.

UPDATE selfcare_application AS a
   SET state = 'expired', sealed = NULL, document_mark = NULL, name_mark = NULL
  FROM lines_line AS l
 WHERE l.line_id = a.line_id AND a.state = 'pending'
   AND (a.until < %(on)s OR l.is_registered OR l.state NOT IN ('active', 'suspended'))
RETURNING a.application_id, a.line_id
