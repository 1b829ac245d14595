-- Makes an empty table of the copies that must be erased before their records. It outlives a transaction: a run takes from it chunk by
-- chunk, and drops it.
-- Law: art. 5. Reads: -. Writes: retention_copy_due (temporary).
-- Plan: -.
-- Again: another such table in its place.
DROP TABLE IF EXISTS retention_copy_due;
CREATE TEMPORARY TABLE retention_copy_due (
    tenure_id uuid PRIMARY KEY, line_id uuid, anchor_on date, ended_on date, zone text, counts_from_end boolean, law integer
)
