-- Gives the batches of the campaigns that a stay for one campaign pauses on a day: on that day none of their lines is barred or terminated.
-- Law: art. 1, 3. Reads: campaign_stay, campaign_campaign, campaign_batch. Writes: -. Plan: the batches of few campaigns. Again: the same.
SELECT s.stay_id, b.batch_id
  FROM campaign_stay s
  LEFT JOIN (campaign_campaign c JOIN campaign_batch b USING (campaign_id)) ON
-- include campaign.pauses_campaign
 WHERE s.campaign_id IS NOT NULL AND s.days @> %(on)s::date
