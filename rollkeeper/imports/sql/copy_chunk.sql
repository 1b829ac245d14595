-- Notes which lines a chunk of an import made, binary (drawn in imports/copy_rows.py): as text, thousands of ids take longer than their lines.
-- Law: -. Reads: -. Writes: imports_chunk. Plan: bare COPY of one row, imports_chunk_pkey. Again: refused by the primary key.
COPY imports_chunk (import_id, rows_before, line_ids)
FROM STDIN (FORMAT BINARY)
