-- Lists the present and past lines of a person, each with the period in which access to the line counts as access to them: from
-- the start of their tenure until the next tenure, so that they also learn what came after a line ended.
-- Law: art. 5, 11. Reads: lines_tenure. Writes: -. Plan: lines_tenure_by_person, then the primary index of each line; a
-- handful of rows. Again: the same.

SELECT h.tenure_id, h.line_id, lower(h.held) AS since,
       (SELECT min(lower(n.held)) FROM lines_tenure AS n WHERE n.line_id = h.line_id AND lower(n.held) > lower(h.held)) AS others_since
  FROM lines_tenure AS h
 WHERE h.person_id = %(person_id)s
