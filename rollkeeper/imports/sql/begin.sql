-- Opens the record of an import, or leaves the one that is there.
-- Law: -. Reads: -. Writes: imports_import. Plan: one row, its unique file_hash.
-- Again: nothing.
INSERT INTO imports_import (import_id, file_hash, rows_done, lines_made, rows_known, rows_refused, registered, rows_left_out, lines_barred, lines_completed, started_at)
VALUES (%(import_id)s, %(file_hash)s, 0, 0, 0, 0, 0, 0, 0, 0, %(started_at)s)
ON CONFLICT (file_hash) DO NOTHING
