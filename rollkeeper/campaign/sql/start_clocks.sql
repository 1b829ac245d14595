-- Finds members not yet notified whose first notice has provably arrived, with the clock that this starts.
-- Law: art. 3 (the clock starts at proof of notice, never before the campaign begins; a bounced notice never counts). For a
-- member who was taken back only later notices count: earlier ones went to another subscriber.
-- Reads: changed_line (temporary), campaign_member, notices_notice. Writes: member_clock (temporary).
-- Plan: primary keys by line, only lines that changed; a hash join where they are many.
-- Again: the same rows until start_members.sql has moved them on.
CREATE TEMPORARY TABLE member_clock ON COMMIT DROP AS
WITH clock AS (
    SELECT m.line_id, 0 AS step,
           greatest(%(begins_on)s::date, min(n.delivered_on) FILTER (WHERE n.kind = 'register_by') - %(slack_days)s::integer) AS anchor_on,
           (array_agg(n.channel ORDER BY n.delivered_on) FILTER (WHERE n.kind = 'register_by'))[1] AS channel,
           max(n.promised_on) FILTER (WHERE n.state IN ('sent', 'delivered')) AS promised_on
      FROM changed_line s
      JOIN campaign_member m ON m.line_id = s.line_id AND m.campaign_id = %(campaign_id)s AND m.stage = 'not_notified'
       AND s.stage = 'not_notified'
      JOIN notices_notice n ON n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind IN ('register_by', 'reminder')
       AND n.queued_on >= coalesce(m.reentered_on, n.queued_on)
     GROUP BY m.line_id
    HAVING min(n.delivered_on) FILTER (WHERE n.kind = 'register_by') IS NOT NULL
)
SELECT clock.line_id, length.days, '{}'::datemultirange AS pauses, clock.anchor_on, clock.channel, clock.promised_on
  FROM clock
 CROSS JOIN LATERAL (
-- include law.stage_days
  ) AS length
