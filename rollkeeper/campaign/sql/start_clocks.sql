-- Finds untold members whose first notice has provably arrived, with the clock that this starts.
-- Law: art. 3 (the clock starts at proof of notice, never before the campaign begins; a bounced notice never counts).
-- Reads: campaign_seen (temporary), campaign_member, notices_notice. Writes: campaign_clock (temporary).
-- Plan: primary keys by line, only lines that changed.
-- Again: the same rows until start.sql has moved them on.
CREATE TEMPORARY TABLE campaign_clock ON COMMIT DROP AS
SELECT m.line_id, greatest(%(begins_on)s::date, proof.delivered_on) AS anchor_on, %(days)s::integer AS days,
       '{}'::datemultirange AS pauses, proof.channel,
       (SELECT max(n.promised_on) FROM notices_notice n
         WHERE n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind IN ('register_by', 'reminder')
           AND n.state IN ('sent', 'delivered')) AS promised_on
  FROM campaign_seen s
  JOIN campaign_member m ON m.line_id = s.line_id AND m.campaign_id = %(campaign_id)s AND m.stage = 'untold'
  CROSS JOIN LATERAL (
       SELECT n.delivered_on, n.channel FROM notices_notice n
        WHERE n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind = 'register_by'
          AND n.delivered_on IS NOT NULL
        ORDER BY n.delivered_on LIMIT 1) proof
