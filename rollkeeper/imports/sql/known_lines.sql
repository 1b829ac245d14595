-- Shows of living lines that the register knows whether they are protected and whether anybody is registered for them.
-- Law: -. Reads: lines_line. Writes: -. Plan: lines_line_pkey, once a line.
-- Again: the same.
SELECT line_id, is_essential, is_registered FROM lines_line
 WHERE line_id = ANY (%s::uuid[]) AND state IN ('active', 'suspended')
