-- Folds the changes noted in notices_tally into one row a group. The sums stay what they are.
-- Law: -. Reads: notices_tally. Writes: notices_tally. Plan: a few rows a chunk of work done since the last run.
-- Again: the same sums.
WITH gone AS (DELETE FROM notices_tally RETURNING *)
INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
SELECT subject, campaign_id, category, status, last_channel, sum(change) FROM gone GROUP BY 1, 2, 3, 4, 5 HAVING sum(change) <> 0
