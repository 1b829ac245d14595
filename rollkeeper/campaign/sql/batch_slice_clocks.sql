-- Finds the clocks of the lines in the slice.
-- Law: art. 3. Reads: batch_slice (temporary), campaign_member. Writes: member_clock (temporary).
-- Plan: campaign_member_pkey by line.
-- Again: the same rows.
CREATE TEMPORARY TABLE member_clock ON COMMIT DROP AS
SELECT m.line_id, m.anchor_on, m.promised_on, length.days, '{}'::datemultirange AS pauses
  FROM batch_slice t JOIN campaign_member m ON m.line_id = t.line_id AND m.campaign_id = %(campaign_id)s
 CROSS JOIN LATERAL (SELECT %(before)s::integer AS step, m.anchor_on) AS clock
 CROSS JOIN LATERAL (
-- include law.stage_days
  ) AS length
 WHERE t.is_free AND m.anchor_on IS NOT NULL
