-- Counts, by stage, the members whom no batch will ever cut, since a lift, an alarm or a medical device hangs on their line.
-- Law: art. 1. Reads: campaign_member, lines_line. Writes: -.
-- Plan: campaign_member_to_check, a probe of lines_line_pkey a row; once, when a campaign is to close and few are left.
-- Again: the same numbers.
SELECT m.stage, count(*) AS lines
  FROM campaign_member m JOIN lines_line l USING (line_id)
 WHERE m.campaign_id = %(campaign_id)s AND m.stage IN ('counting', 'suspended') AND l.is_protected
 GROUP BY m.stage
