-- Gives the number of notices by kind and state.
-- Law: art. 3. Reads: notices_tally. Writes: -. Plan: a few rows, however many notices there are. Again: the same.
SELECT category AS kind, status AS state, sum(change)::bigint AS count
FROM notices_tally
WHERE subject = 'notice'
GROUP BY 1, 2
HAVING sum(change) <> 0
ORDER BY 1, 2
