-- Counts, by stage, the members that no batch will ever suspend or terminate: a lift, an alarm or a medical device depends on
-- the line, or their bar was given up and the line still works. Fewer than `due_clocks.sql` holds back: lines with pending
-- commands or disputes keep a campaign open.
-- Law: art. 1. Reads: campaign_member, lines_line, provisioning_command. Writes: -.
-- Plan: campaign_member_to_check, a probe of lines_line_pkey a row; once, when a campaign is to close and few are left.
-- Again: the same numbers.
SELECT m.stage, count(*) AS lines
  FROM campaign_member m JOIN lines_line l USING (line_id)
 WHERE m.campaign_id = %(campaign_id)s AND m.stage IN ('running', 'suspended')
   AND (l.is_essential OR m.stage = 'suspended' AND (
        SELECT n.kind = 'restore' AND n.reason = 'floor_missing' OR n.kind = 'bar' AND n.state = 'failed'
          FROM provisioning_command n WHERE n.line_id = m.line_id ORDER BY n.position DESC LIMIT 1))
 GROUP BY m.stage
