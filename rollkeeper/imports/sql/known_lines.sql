-- Shows for current lines in the register whether they are protected and whether they have a registered subscriber.
-- Law: -. Reads: lines_line. Writes: -. Plan: lines_line_pkey, once a line.
-- Again: the same.
SELECT line_id, is_essential, is_registered FROM lines_line
 WHERE line_id = ANY (%s::uuid[]) AND state IN ('active', 'suspended')
