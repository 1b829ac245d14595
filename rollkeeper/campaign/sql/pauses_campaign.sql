-- Whether a stay pauses a campaign: the stay names no campaign, or this one. A campaign that is planned again after its end has the same law
-- and name; a campaign that a later version renames keeps its row. To be included: wants campaign_stay as s and campaign_campaign as c.
-- Law: art. 3, 11. Reads: campaign_campaign. Writes: -. Plan: few rows. Again: the same.
(s.campaign_id IS NULL OR s.campaign_id = c.campaign_id OR EXISTS (
    SELECT FROM campaign_campaign o WHERE o.campaign_id = s.campaign_id AND o.law_id = c.law_id AND o.campaign_name = c.campaign_name))
