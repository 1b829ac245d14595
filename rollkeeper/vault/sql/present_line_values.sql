-- Gives the value of each of some lines as it is recorded now: a worker could send an older value, from a backup.
-- Law: art. 5 (no one reads who had a line before). Reads: lines_line. Writes: -. Plan: primary key. Again: the same.
SELECT line_id, CASE %(field)s WHEN 'number' THEN number_sealed ELSE contact_sealed END AS sealed
  FROM lines_line
 WHERE line_id = ANY (%(lines)s::uuid[])
