-- Finds the lines that the campaign concerns and that are not in it yet, each with the clock it would have if notified today.
-- Law: art. 3 (unregistered users, or the registered ones that a law asks again; the services are those of the pack's cohort).
-- Reads: lines_line, campaign_member, lines_tenure, subscribers_subscriber. Writes: member_clock (temporary).
-- A line that another open campaign still counts stays there until that campaign is planned again and releases it.
-- Plan: one pass over lines_line, anti-join with campaign_member; once a planning, not once a night.
-- Again: only lines that were imported since then.
CREATE TEMPORARY TABLE member_clock ON COMMIT DROP AS
SELECT l.line_id, l.region, notices_in.language, %(anchor_on)s::date AS anchor_on,
       %(days)s::integer AS days, '{}'::datemultirange AS pauses, l.version,
       -- A day promised by a campaign that released the line is never shortened, even if the same campaign takes it again.
       (SELECT max(m.promised_on) FROM campaign_member m
         WHERE m.line_id = l.line_id AND m.campaign_id = ANY (%(campaign_id)s::uuid || %(other_campaigns)s::uuid[]) AND m.out_of_scope_reason = 'not_concerned') AS promised_on
  FROM lines_line l
-- include lines.notice_language
 WHERE l.state IN ('active', 'suspended') AND l.is_registered = %(asks_again)s AND NOT l.must_reverify
   AND
-- include campaign.in_cohort
   AND NOT EXISTS (SELECT FROM campaign_member m
                    WHERE m.line_id = l.line_id AND m.campaign_id = %(campaign_id)s
                      AND m.out_of_scope_reason IS DISTINCT FROM 'not_concerned')
   AND NOT EXISTS (SELECT FROM campaign_member m
                    WHERE m.line_id = l.line_id AND m.campaign_id = ANY (%(other_campaigns)s::uuid[])
                      AND m.stage IN ('not_notified', 'running', 'suspended'))
