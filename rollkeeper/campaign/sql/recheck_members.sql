-- Postpones the next check of clocks that are not due today after all, because of a pause or a stay.
-- Law: art. 3. Reads: member_clock, law_due (temporary). Writes: campaign_member.
-- Plan: primary keys by line, only clocks that were put off.
-- Again: nothing, since their next check lies ahead.
UPDATE campaign_member m
   SET next_check_on = greatest(d.earliest_on, c.promised_on + 1),
       remind_on = CASE m.stage WHEN 'running' THEN greatest(d.last_day_on, c.promised_on) - %(lead_days)s::integer END
  FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
 WHERE m.line_id = c.line_id AND m.campaign_id = %(campaign_id)s
   AND m.stage = c.stage AND m.anchor_on = c.anchor_on
   AND greatest(d.earliest_on, c.promised_on + 1) > %(on)s
