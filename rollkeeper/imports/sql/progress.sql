-- Notes a chunk in the record of its import, in the transaction that made the chunk's lines.
-- Law: -. Reads: -. Writes: imports_import. Plan: one row, primary key.
-- Again: never; a chunk is noted with its lines or not at all.
UPDATE imports_import
   SET rows_done = rows_done + %(rows)s, lines_made = lines_made + %(lines)s, rows_known = rows_known + %(known)s,
       rows_refused = rows_refused + %(refused)s, registered = registered + %(registered)s
 WHERE import_id = %(import_id)s
