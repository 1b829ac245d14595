-- Finds the line on which a person is notified today, and their language: the line itself if it is still theirs, else another of their
-- lines under any of their documents. First come lines for which they showed a document, then active lines, then the oldest: a new line
-- may be in their name without their knowledge. Lines that they contest are left out. If the line found is suspended, the best active
-- one is returned as well. If the line has another subscriber now, that person is not notified.
-- Law: the pack's disclosure[].notify_person. Reads: lines_tenure, lines_line, subscribers_subscriber, subscribers_personlink. Writes: -.
-- Plan: lines_tenure_by_person, primary keys. Again: the same.
SELECT own.line_id, coalesce(s.language, %(language)s) AS language
  FROM (SELECT h.line_id, h.person_id,
               row_number() OVER (ORDER BY h.line_id <> %(line)s, h.assurance = 'declared', l.state <> 'active', lower(h.held), h.line_id) AS place,
               row_number() OVER (ORDER BY l.state <> 'active', h.line_id <> %(line)s, h.assurance = 'declared', lower(h.held), h.line_id) AS place_in_service
          FROM subscribers_references_of(%(person)s) AS one (person_id)
          JOIN lines_tenure h ON h.person_id = one.person_id AND upper_inf(h.held) AND h.erased_on IS NULL AND h.contested_on IS NULL
          JOIN lines_line l ON l.line_id = h.line_id AND l.erased_on IS NULL) AS own
  LEFT JOIN subscribers_subscriber s ON s.person_id = own.person_id
 WHERE 1 IN (own.place, own.place_in_service)
 ORDER BY own.place
