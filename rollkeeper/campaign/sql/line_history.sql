-- Gathers what a campaign knows of one line: the days on which notices arrived or failed, and the day promised.
-- Law: art. 3; for a member who was taken back only later notices count, because earlier ones went to another subscriber.
-- Reads: lines_line, campaign_member, campaign_campaign; notices by a function (operations/sql/app_reads.sql). Writes: -.
-- Plan: primary keys by line.
-- Again: the same row.
-- Some members were taken over with a running clock, as their termination was undone after their own campaign was closed. The earlier
-- campaign notified them.
SELECT l.region, l.payment, m.stage, m.pack_id, m.campaign_name, m.campaign_id, m.promised_on,
       campaign_promised_since(l.line_id, m.promised_on) AS promised_since,
       coalesce(d.delivered, '{}') AS delivered, coalesce(d.bounced, '{}') AS bounced
  FROM lines_line l
  LEFT JOIN LATERAL (
       SELECT m.stage, m.promised_on, m.anchor_on, m.campaign_id, o.pack_id, o.campaign_name
         FROM campaign_member m JOIN campaign_campaign o USING (campaign_id)
        WHERE m.line_id = l.line_id ORDER BY o.closed_on IS NULL AND m.stage IN ('not_notified', 'running', 'suspended') DESC, o.closed_on DESC NULLS FIRST, o.planned_at DESC
        LIMIT 1) m ON true
  LEFT JOIN LATERAL (
       SELECT told.delivered, told.bounced FROM campaign_member t
        CROSS JOIN LATERAL campaign_told(t.line_id, t.campaign_id, t.reentered_on, %(zone)s) AS told
        WHERE t.line_id = l.line_id AND (t.campaign_id = m.campaign_id OR m.anchor_on IS NOT NULL)
        ORDER BY told.is_told DESC, t.campaign_id = m.campaign_id DESC, t.campaign_id DESC LIMIT 1) d ON true
 WHERE l.line_id = %(line_id)s
