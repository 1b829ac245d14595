-- Locks the lines that have these numbers, and then the numbers, in the order in which all acts lock lines.
-- Law: art. 3 (a registration before termination wins: both lock the line first).
-- Reads: lines_number, lines_line. Writes: row locks. Plan: lines_number_pkey, lines_line_pkey.
-- Again: the same locks.
SELECT n.number_index, n.line_id
  FROM lines_number n JOIN lines_line l USING (line_id)
 WHERE n.number_index = ANY (%s)
 ORDER BY n.line_id
   FOR UPDATE OF l, n
