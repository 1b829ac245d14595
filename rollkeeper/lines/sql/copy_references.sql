-- Takes the operator's own references of finished lines, binary (drawn in imports/copy_rows.py).
-- Law: -. Reads: -. Writes: lines_reference.
-- Plan: bare COPY, lines_reference_pkey at random places.
-- Again: refused by the primary key, as copy_numbers.
COPY lines_reference (reference_index, line_id)
FROM STDIN (FORMAT BINARY)
