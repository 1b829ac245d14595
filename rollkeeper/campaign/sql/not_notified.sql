-- Lists members of the open campaigns, or of one of them, whom no notice has provably reached, with the state of the attempts.
-- Law: art. 3 (informing is the operator's duty). Writes: -.
-- Reads: campaign_member, campaign_campaign, campaign_unreachablewaiver, lines_line, notices_notice.
-- Plan: campaign_member_not_notified, a page at a time.
-- Again: the same page.
SELECT m.line_id, l.service, l.region, n.state AS notice_state, n.channel, coalesce(n.attempts, 0) AS attempts,
       e.because AS waiver_reason
  FROM campaign_member m
  JOIN campaign_campaign c ON c.campaign_id = m.campaign_id AND c.closed_on IS NULL AND (%(name)s::text IS NULL OR c.campaign_name = %(name)s)
  JOIN lines_line l USING (line_id)
  LEFT JOIN LATERAL (
       SELECT state, channel, attempts FROM notices_notice n
        WHERE n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind = 'register_by'
        ORDER BY n.notice_id DESC LIMIT 1) n ON true
  LEFT JOIN campaign_unreachablewaiver e ON e.line_id = m.line_id AND e.campaign_id = m.campaign_id
 WHERE m.stage = 'not_notified' AND m.line_id > %(after)s
   AND (%(region)s::text IS NULL OR coalesce(l.region, '') = %(region)s)
   AND (%(channel)s::text IS NULL OR coalesce(n.channel, '') = %(channel)s)
 ORDER BY m.line_id
 LIMIT %(limit)s
