-- Shows which of these references have a line.
-- Law: -. Reads: lines_reference. Writes: -. Plan: lines_reference_pkey, once a reference.
-- Again: the same.
SELECT reference_index, line_id FROM lines_reference WHERE reference_index = ANY (%s::bytea[])
