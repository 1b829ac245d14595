-- Finds the clocks that are due for a check.
-- Law: art. 3. Reads: campaign_member. Writes: member_clock (temporary).
-- Plan: campaign_member_to_check; grows with what is due, not with the population.
-- Again: the same rows.
CREATE TEMPORARY TABLE member_clock ON COMMIT DROP AS
SELECT m.line_id, m.stage, m.anchor_on, m.promised_on, m.next_check_on, '{}'::datemultirange AS pauses,
       length.days
  FROM campaign_member m
 CROSS JOIN LATERAL (SELECT m.step, m.anchor_on) AS clock
 CROSS JOIN LATERAL (
-- include law.stage_days
  ) AS length
 WHERE m.stage IN ('running', 'suspended') AND m.next_check_on <= %(on)s AND m.campaign_id = %(campaign_id)s
   AND m.step < cardinality(%(stage_days)s::integer[])
