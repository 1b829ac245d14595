-- Stores the figures of a day: how many lines are in each stage.
-- Law: -. Reads: campaign_tally. Writes: campaign_nightlyrun. Plan: a few hundred rows.
-- Again: the later figures of a day replace the earlier ones.
INSERT INTO campaign_nightlyrun (campaign_id, day, ran_at, stage_counts)
SELECT %(campaign_id)s, %(on)s, %(at)s, coalesce(jsonb_object_agg(stage, lines), '{}')
  FROM (SELECT stage, sum(lines)::bigint AS lines FROM campaign_tally WHERE campaign_id = %(campaign_id)s GROUP BY stage)
    ON CONFLICT (campaign_id, day) DO UPDATE SET ran_at = excluded.ran_at, stage_counts = excluded.stage_counts
