-- Finds one line on which a person can be notified today, and their language: the line itself if it is still theirs, else another
-- of theirs, the one that they have had longest: a new one may be in their name without their knowledge; none that they contest. The present subscriber of the line, if another person, is not notified.
-- Law: the pack's disclosure[].notify_person. Reads: lines_tenure, lines_line, subscribers_subscriber. Writes: -.
-- Plan: lines_tenure_by_person, primary keys. Again: the same.
SELECT h.line_id, coalesce(s.language, %(language)s) AS language
  FROM lines_tenure h
  JOIN lines_line l ON l.line_id = h.line_id AND l.erased_on IS NULL
  LEFT JOIN subscribers_subscriber s ON s.person_id = h.person_id
 WHERE h.person_id = %(person)s AND upper_inf(h.held) AND h.erased_on IS NULL AND h.contested_on IS NULL
 ORDER BY h.line_id <> %(line)s, l.state <> 'active', lower(h.held), h.line_id
 LIMIT 1
