-- Counts members of the open campaigns, or of one of them, whom no notice has provably reached, by region, the channel tried last and its outcome.
-- Law: art. 3 (informing is the operator's duty). Writes: -.
-- Reads: campaign_member, campaign_campaign, campaign_unreachablewaiver, lines_line, notices_notice.
-- Plan: campaign_member_not_notified, one pass of these members; a notice of each by its line.
-- Again: the same counts.
SELECT l.region, n.channel, n.state AS notice_state, count(*) AS lines, count(e.line_id) AS waived,
       count(*) FILTER (WHERE l.contact_kind IN ('postal', 'both')) AS with_address
  FROM campaign_member m
  JOIN campaign_campaign c ON c.campaign_id = m.campaign_id AND c.closed_on IS NULL AND (%(name)s::text IS NULL OR c.campaign_name = %(name)s)
  JOIN lines_line l USING (line_id)
  LEFT JOIN LATERAL (
       SELECT channel, state FROM notices_notice n
        WHERE n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind = 'register_by'
        ORDER BY n.notice_id DESC LIMIT 1) n ON true
  LEFT JOIN campaign_unreachablewaiver e ON e.line_id = m.line_id AND e.campaign_id = m.campaign_id
 WHERE m.stage = 'not_notified'
 GROUP BY l.region, n.channel, n.state
 ORDER BY lines DESC, l.region, n.channel
