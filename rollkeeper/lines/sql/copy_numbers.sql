-- Takes the numbers of finished lines, binary (drawn in imports/copy_rows.py).
-- Law: -. Reads: -. Writes: lines_number.
-- Plan: bare COPY, lines_number_pkey at random places.
-- Again: refused by the primary key: the chunk is then looked up row by row and sent again without the rows that exist.
COPY lines_number (number_index, line_id)
FROM STDIN (FORMAT BINARY)
