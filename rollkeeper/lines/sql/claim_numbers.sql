-- Takes numbers that no line has; a concurrent second writer waits and then gets no row.
-- Law: -. Reads: -. Writes: lines_number. Plan: lines_number_pkey.
-- Again: no row, since the number is taken.
INSERT INTO lines_number (number_index, line_id)
SELECT * FROM unnest(%(number_indexes)s::bytea[], %(line_ids)s::uuid[]) AS wanted (number_index, line_id)
 ORDER BY wanted.number_index
    ON CONFLICT (number_index) DO NOTHING
RETURNING number_index
