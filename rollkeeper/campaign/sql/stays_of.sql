-- Gives the stays that pause a campaign, first and last day inclusive; without a campaign, the stays that pause all.
-- Law: art. 3, 11. Reads: campaign_stay, campaign_campaign. Writes: -. Plan: few rows. Again: the same rows.
SELECT lower(s.days) AS first, upper(s.days) - 1 AS last
  FROM campaign_stay s LEFT JOIN campaign_campaign c ON c.campaign_id = %(campaign_id)s::uuid
 WHERE NOT isempty(s.days) AND
-- include campaign.pauses_campaign
 ORDER BY s.days
