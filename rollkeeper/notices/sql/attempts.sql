-- Counts attempts by channel and outcome.
-- Law: art. 3. Reads: notices_attempt. Writes: -. Plan: one pass. Again: the same.
SELECT channel, outcome, count(*) AS count
FROM notices_attempt
GROUP BY channel, outcome
ORDER BY channel, outcome
