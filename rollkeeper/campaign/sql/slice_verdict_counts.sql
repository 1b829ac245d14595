-- Counts the verdicts of a chunk.
-- Law: -. Reads: slice_verdict (temporary). Writes: -. Plan: one pass. Again: the same numbers.
SELECT because, count(*) AS lines FROM slice_verdict GROUP BY because
