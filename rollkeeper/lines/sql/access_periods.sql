-- Lists the lines that a person holds or held, each with the time for which looks at the line are looks at them: from when
-- they took it over until somebody else did, so that of a line that ended they learn what came after.
-- Law: art. 5, 11. Reads: lines_tenure. Writes: -. Plan: lines_tenure_by_person, then the primary index of each line; a
-- handful of rows. Again: the same.

SELECT h.tenure_id, h.line_id, lower(h.held) AS since,
       (SELECT min(lower(n.held)) FROM lines_tenure AS n WHERE n.line_id = h.line_id AND lower(n.held) > lower(h.held)) AS others_since
  FROM lines_tenure AS h
 WHERE h.person_id = %(person_id)s
