-- Finds the clocks that the pack may require to be reminded by today, without registered, disputed or terminated lines.
-- Law: the pack's notices before the deadline. Reads: campaign_member, lines_line. Writes: member_clock (temporary).
-- Plan: campaign_member_to_remind; grows with the reminders due, not with the population.
-- Again: the same rows until remind_members.sql has postponed them.
CREATE TEMPORARY TABLE member_clock ON COMMIT DROP AS
SELECT m.line_id, m.anchor_on, m.promised_on, notices_in.language,
       length.days, '{}'::datemultirange AS pauses
  FROM campaign_member m
 CROSS JOIN LATERAL (SELECT m.step, m.anchor_on) AS clock
 CROSS JOIN LATERAL (
-- include law.stage_days
  ) AS length
  JOIN lines_line l USING (line_id)
-- include lines.notice_language
 WHERE m.stage = 'running' AND m.remind_on <= %(on)s AND m.campaign_id = %(campaign_id)s
   AND l.is_registered = %(asks_again)s AND l.must_reverify = %(asks_again)s AND NOT l.is_disputed AND l.state IN ('active', 'suspended')
