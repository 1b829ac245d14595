-- Finds the line on which a person is notified today, and their language: the line itself if it is still theirs, else another of theirs
-- under any of their documents, first one of which a document was seen, first the one that they have had longest: a new one may be in
-- their name without their knowledge; none that they contest. Where it is suspended, the best one that works as well. The present
-- subscriber of the line, if another person, is not notified.
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
