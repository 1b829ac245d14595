-- Folds the changes noted in campaign_tally into one row a group. The sums stay the same.
-- Law: -. Reads: campaign_tally. Writes: campaign_tally.
-- Plan: a few rows for each chunk of work since the last nightly run.
-- Again: the same sums.
WITH gone AS (DELETE FROM campaign_tally RETURNING *)
INSERT INTO campaign_tally (campaign_id, stage, step, notified_by, next_check_on, lines)
SELECT campaign_id, stage, step, notified_by, next_check_on, sum(lines) FROM gone GROUP BY 1, 2, 3, 4, 5 HAVING sum(lines) <> 0
