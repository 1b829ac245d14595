-- Gives the batches of campaigns that a stay of one campaign pauses on a day: the network bars and ends none of their lines on it.
-- Law: art. 1, 3. Reads: campaign_stay, campaign_campaign, campaign_batch. Writes: -. Plan: the batches of few campaigns. Again: the same.
SELECT s.stay_id, b.batch_id
  FROM campaign_stay s
  LEFT JOIN (campaign_campaign c JOIN campaign_batch b USING (campaign_id)) ON
-- include campaign.pauses_campaign
 WHERE s.campaign_id IS NOT NULL AND s.days @> %(on)s::date
