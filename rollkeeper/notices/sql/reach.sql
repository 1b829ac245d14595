-- Gives, of one campaign's notices of one kind, how many were tried last by which way and stand how.
-- Law: art. 3 (who was told and who was not). Reads: notices_tally. Writes: -.
-- Plan: a few rows, however many notices there are. Again: the same.
SELECT last_way AS channel, fate AS state, sum(change)::bigint AS count
FROM notices_tally
WHERE counted = 'notice' AND campaign_id = %(campaign_id)s AND way = %(kind)s
GROUP BY 1, 2
HAVING sum(change) <> 0
ORDER BY 1 NULLS LAST, 2
