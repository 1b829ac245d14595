-- Shows which of these numbers have a line or rest in quarantine.
-- Law: -. Reads: lines_number. Writes: -. Plan: lines_number_pkey, once a number.
-- Again: the same.
SELECT number_index, line_id, quarantined_until FROM lines_number WHERE number_index = ANY (%s::bytea[])
