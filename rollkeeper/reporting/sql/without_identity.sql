-- Lists lines that were put into service since the law began and have no registered subscriber, the oldest first.
-- Law: art. 4 ¶3 (no service without identity). Reads: lines_line. Writes: -. Plan: one scan. Again: the same.
SELECT l.line_id, l.service, l.activated_on
  FROM lines_line AS l
 WHERE NOT l.is_registered AND l.terminated_on IS NULL AND l.activated_on >= %(begins)s AND l.service || ' ' || l.payment = ANY (%(registered)s)
   AND NOT EXISTS (SELECT FROM lines_tenure AS h WHERE h.line_id = l.line_id AND upper_inf(h.held))
 ORDER BY l.activated_on, l.line_id
 LIMIT %(limit)s
