-- Takes finished lines in, binary (drawn in imports/copy_rows.py).
-- Law: art. 3 (which lines the campaign concerns). Reads: -. Writes: lines_line.
-- Plan: bare COPY, lines_line_pkey; references ascend, so the index grows at its end. docs/measured.md.
-- Again: refused by the primary key; the import never sends a row twice.
COPY lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential, payment, activated_on,
                 language, region, number_index, number_sealed, contact_sealed, contact_kind)
FROM STDIN (FORMAT BINARY)
