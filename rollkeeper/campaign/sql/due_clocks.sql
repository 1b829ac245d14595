-- Finds the lines on which a stage could follow by a day, with their clocks as they are known.
-- Law: art. 3. Reads: campaign_member, lines_line, campaign_batchline, campaign_batch, provisioning_command.
-- Writes: member_clock (temporary).
-- Plan: campaign_member_to_check; grows with what is due. A line is in one unfinished batch at most.
-- Again: the same rows until they are in a batch.
CREATE TEMPORARY TABLE member_clock ON COMMIT DROP AS
SELECT m.line_id, m.anchor_on, m.promised_on, l.version, '{}'::datemultirange AS pauses, length.days,
       CASE WHEN l.is_disputed THEN 'disputed' WHEN l.is_essential THEN 'essential'
            WHEN
-- include campaign.is_unbarred
                 THEN 'unbarred' END AS excluded
  FROM campaign_member m JOIN lines_line l USING (line_id)
 CROSS JOIN LATERAL (SELECT m.step, m.anchor_on) AS clock
 CROSS JOIN LATERAL (
-- include law.stage_days
  ) AS length
 WHERE m.stage = %(stage)s AND m.step = %(before)s AND m.stage IN ('running', 'suspended') AND m.next_check_on <= %(due_on)s
   AND m.campaign_id = %(campaign_id)s AND l.is_registered = %(asks_again)s AND l.must_reverify = %(asks_again)s AND l.state IN ('active', 'suspended')
   AND NOT EXISTS (SELECT FROM campaign_batchline b JOIN campaign_batch USING (batch_id)
                    WHERE b.line_id = m.line_id AND b.outcome = 'waiting'
                      AND campaign_batch.state IN ('waiting', 'approved', 'running'))
