-- Closes an import; an import that took nothing in is reset, so that it can be tried again with a corrected map.
-- Law: -. Reads: -. Writes: imports_import. Plan: one row, primary key.
-- Again: the same row, closed later.
UPDATE imports_import
   SET finished_at = CASE WHEN lines_made + rows_known > 0 THEN %(at)s::timestamptz END,
       rows_done = CASE WHEN lines_made + rows_known > 0 THEN rows_done ELSE 0 END,
       rows_left_out = CASE WHEN lines_made + rows_known > 0 THEN rows_left_out ELSE 0 END,
       rows_refused = CASE WHEN lines_made + rows_known > 0 THEN rows_refused ELSE 0 END
 WHERE import_id = %(import_id)s
RETURNING import_id, rows_done, lines_made, rows_known, rows_refused, registered, rows_left_out, lines_barred, lines_completed,
       finished_at
