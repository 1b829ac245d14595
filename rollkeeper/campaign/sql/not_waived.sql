-- Counts members whom no notice has provably reached and who are not waived.
-- Law: art. 3. Reads: campaign_member, campaign_unreachablewaiver. Writes: -.
-- Plan: campaign_member_not_notified against the primary key of campaign_unreachablewaiver; once, when a campaign is to close.
-- Again: the same number.
SELECT count(*) AS lines
  FROM campaign_member m
 WHERE m.campaign_id = %(campaign_id)s AND m.stage = 'not_notified'
   AND NOT EXISTS (SELECT FROM campaign_unreachablewaiver e
                    WHERE e.line_id = m.line_id AND e.campaign_id = m.campaign_id)
