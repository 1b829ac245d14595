-- Leaves alone the lines of a chunk that their subscribers may keep, as counted now: a subscriber who gave lines back since the batch was
-- prepared loses only as many lines as are still too many.
-- Law: what the pack limits. Runs after slice_verdicts.sql, under its locks. Reads: slice_verdict (temporary), and as included. Writes:
-- slice_verdict (temporary). Plan: as included, for the rows of a chunk; only for a campaign that names a number. Again: nothing more.
WITH candidate AS (
    SELECT line_id FROM slice_verdict WHERE because IS NULL
),
-- include campaign.beyond_number

UPDATE slice_verdict v SET because = %(within)s
 WHERE v.because IS NULL AND NOT EXISTS (SELECT FROM beyond b WHERE b.line_id = v.line_id)
