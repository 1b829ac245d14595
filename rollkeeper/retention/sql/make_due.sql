-- Makes an empty table of the records that must be erased.
-- Law: art. 5. Reads: -. Writes: retention_due (temporary).
-- Plan: -.
-- Again: the same table, emptied: a transaction makes only one.
CREATE TEMPORARY TABLE IF NOT EXISTS retention_due (line_id uuid, tenure_id uuid, terminated_on date, ground text) ON COMMIT DROP;
DELETE FROM retention_due
