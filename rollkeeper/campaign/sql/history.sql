-- Gathers what a campaign knows of one line: the days on which its holder was told or was not reached.
-- Law: art. 3. Reads: lines_line, campaign_member, campaign_campaign, notices_notice, notices_attempt. Writes: -.
-- Plan: primary keys by line.
-- Again: the same row.
SELECT l.region, m.stage, c.pack_id,
       ARRAY(SELECT n.delivered_on FROM notices_notice n
              WHERE n.line_id = l.line_id AND n.kind = 'register_by' AND n.delivered_on IS NOT NULL
              ORDER BY 1) AS delivered,
       ARRAY(SELECT DISTINCT (a.outcome_at AT TIME ZONE %(zone)s)::date
               FROM notices_attempt a JOIN notices_notice n USING (line_id, notice_id)
              WHERE a.line_id = l.line_id AND n.kind = 'register_by' AND a.outcome_at IS NOT NULL
                AND a.outcome IN ('bounced', 'unproven', 'uncounted') ORDER BY 1) AS bounced
  FROM lines_line l
  LEFT JOIN LATERAL (
       SELECT m.stage, m.campaign_id FROM campaign_member m JOIN campaign_campaign o USING (campaign_id)
        WHERE m.line_id = l.line_id ORDER BY o.closed_on DESC NULLS FIRST, o.planned_at DESC LIMIT 1) m ON true
  LEFT JOIN campaign_campaign c ON c.campaign_id = m.campaign_id
 WHERE l.line_id = %(line_id)s
