-- Counts members whom no notice has provably reached and for whom nobody answers.
-- Law: art. 3. Reads: campaign_member, campaign_excuse. Writes: -.
-- Plan: campaign_member_untold against the primary key of campaign_excuse; once, when a campaign is to close.
-- Again: the same number.
SELECT count(*) AS lines
  FROM campaign_member m
 WHERE m.campaign_id = %(campaign_id)s AND m.stage = 'untold'
   AND NOT EXISTS (SELECT FROM campaign_excuse e
                    WHERE e.line_id = m.line_id AND e.campaign_id = m.campaign_id)
