-- Counts the verdicts of a chunk.
-- Law: -. Reads: campaign_verdict (temporary). Writes: -. Plan: one pass. Again: the same numbers.
SELECT because, count(*) AS lines FROM campaign_verdict GROUP BY because
