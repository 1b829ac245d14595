-- Folds the changes noted in campaign_regiontally into one row a group. The sums stay the same.
-- Law: -. Reads: campaign_regiontally. Writes: campaign_regiontally.
-- Plan: a few rows for each chunk of work since the last nightly run; nothing if every group has one row.
-- Again: the same sums.
WITH many AS MATERIALIZED (
    SELECT campaign_id, region, stage FROM campaign_regiontally GROUP BY 1, 2, 3 HAVING count(*) > 1
), gone AS (
    DELETE FROM campaign_regiontally t USING many m
     WHERE t.campaign_id = m.campaign_id AND t.region IS NOT DISTINCT FROM m.region AND t.stage = m.stage
 RETURNING t.campaign_id, t.region, t.stage, t.lines
)
INSERT INTO campaign_regiontally (campaign_id, region, stage, lines)
SELECT campaign_id, region, stage, sum(lines) FROM gone GROUP BY 1, 2, 3 HAVING sum(lines) <> 0
