-- Gathers what a campaign knows of one line: the days on which its subscriber was notified or was not reached, and what was promised.
-- Law: art. 3; for a member who was taken back only later notices count, because earlier ones went to another subscriber.
-- Reads: lines_line, campaign_member, campaign_campaign, notices_notice, notices_attempt. Writes: -.
-- Plan: primary keys by line.
-- Again: the same row.
-- A member taken over with a running clock (their termination was undone after their own campaign was closed) was notified by the
-- earlier campaign.
SELECT l.region, l.payment, m.stage, m.pack_id, m.campaign_name, m.campaign_id, m.promised_on,
       campaign_promised_since(l.line_id, m.promised_on) AS promised_since,
       ARRAY(SELECT n.delivered_on FROM notices_notice n
              WHERE n.line_id = l.line_id AND n.kind = 'register_by' AND n.delivered_on IS NOT NULL
                AND n.campaign_id = t.campaign_id AND n.queued_on >= coalesce(t.reentered_on, n.queued_on)
              ORDER BY 1) AS delivered,
       ARRAY(SELECT DISTINCT (a.outcome_at AT TIME ZONE %(zone)s)::date
               FROM notices_attempt a JOIN notices_notice n USING (line_id, notice_id)
              WHERE a.line_id = l.line_id AND n.kind = 'register_by' AND a.outcome_at IS NOT NULL
                AND n.campaign_id = t.campaign_id AND n.queued_on >= coalesce(t.reentered_on, n.queued_on)
                AND a.outcome IN ('bounced', 'unproven', 'uncounted') ORDER BY 1) AS bounced
  FROM lines_line l
  LEFT JOIN LATERAL (
       SELECT m.stage, m.promised_on, m.anchor_on, m.campaign_id, o.pack_id, o.campaign_name
         FROM campaign_member m JOIN campaign_campaign o USING (campaign_id)
        WHERE m.line_id = l.line_id ORDER BY o.closed_on IS NULL AND m.stage IN ('not_notified', 'running', 'suspended') DESC, o.closed_on DESC NULLS FIRST, o.planned_at DESC
        LIMIT 1) m ON true
  LEFT JOIN LATERAL (
       SELECT t.campaign_id, t.reentered_on FROM campaign_member t
        WHERE t.line_id = l.line_id AND (t.campaign_id = m.campaign_id OR m.anchor_on IS NOT NULL)
        ORDER BY EXISTS (SELECT FROM notices_notice n
                          WHERE n.line_id = t.line_id AND n.campaign_id = t.campaign_id AND n.kind = 'register_by') DESC,
                 t.campaign_id = m.campaign_id DESC, t.campaign_id DESC LIMIT 1) t ON true
 WHERE l.line_id = %(line_id)s
