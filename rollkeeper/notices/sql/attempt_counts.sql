-- Gives the number of attempts by channel and outcome.
-- Law: art. 3. Reads: notices_tally. Writes: -. Plan: a few rows, however many attempts there are. Again: the same.
SELECT category AS channel, status AS outcome, sum(change)::bigint AS count
FROM notices_tally
WHERE subject = 'attempt'
GROUP BY 1, 2
HAVING sum(change) <> 0
ORDER BY 1, 2
