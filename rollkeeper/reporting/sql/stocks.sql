-- Counts by service the current lines at the end of a day and those with a registered subscriber, rounded to ten: the difference
-- of two stocks then reveals no one. Law: art. 13. Reads: lines_line, lines_tenure. Writes: -.
-- Plan: one scan of the lines, one of the tenures. Again: the same, until records of that time are erased.
SELECT l.service, round(count(*), -1)::bigint AS lines,
       round(count(*) FILTER (WHERE EXISTS (SELECT FROM lines_tenure h
                                             WHERE h.line_id = l.line_id AND h.held @> %(until)s::timestamptz)), -1)::bigint
           AS registered
  FROM lines_line l
 WHERE l.activated_on <= %(last)s AND (l.terminated_on IS NULL OR l.terminated_on > %(last)s)
 GROUP BY l.service
 ORDER BY l.service
