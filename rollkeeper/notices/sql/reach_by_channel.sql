-- Returns, for one campaign's notices of one kind, how many were last tried by which channel and have which state.
-- Law: art. 3 (who was notified and who was not). Reads: notices_tally. Writes: -.
-- Plan: a few rows, however many notices there are. Again: the same.
SELECT last_channel AS channel, status AS state, sum(change)::bigint AS count
FROM notices_tally
WHERE subject = 'notice' AND campaign_id = %(campaign_id)s AND category = %(kind)s
GROUP BY 1, 2
HAVING sum(change) <> 0
ORDER BY 1 NULLS LAST, 2
