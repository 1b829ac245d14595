-- Shows how far an import is.
-- Law: -. Reads: imports_import. Writes: -. Plan: one row, its unique file_hash.
-- Again: the same.
SELECT import_id, rows_done, lines_made, rows_known, rows_refused, registered, rows_left_out, lines_barred, lines_completed,
       finished_at
  FROM imports_import WHERE file_hash = %s
