-- Notes a chunk in the record of its import, in the transaction that made the chunk's lines.
-- Law: -. Reads: -. Writes: imports_import. Plan: one row, primary key.
-- Again: never; a chunk is noted with its lines or not at all.
UPDATE imports_import
   SET rows_done = rows_done + %(rows)s, lines_made = lines_made + %(lines)s, rows_known = rows_known + %(known)s,
       rows_refused = rows_refused + %(refused)s, registered = registered + %(registered)s,
       rows_left_out = rows_left_out + %(left_out)s, lines_barred = lines_barred + %(barred)s,
       lines_completed = lines_completed + %(completed)s
 WHERE import_id = %(import_id)s
