-- Lists members of the open campaigns whom nothing has reached and to whom a letter failed, with the last letter of each.
-- Law: art. 3 (informing is the operator's duty). Writes: -.
-- Reads: notices_attempt, notices_notice, campaign_member, campaign_campaign, campaign_unreachablewaiver, lines_line.
-- Plan: notices_attempt_in_vain_post holds such letters and nothing else, a page at a time; then primary keys.
-- Again: the same page.
SELECT DISTINCT ON (a.line_id) a.line_id, l.region, a.sent_at, a.outcome, n.state AS notice_state,
       EXISTS (SELECT FROM campaign_unreachablewaiver e WHERE e.line_id = a.line_id AND e.campaign_id = c.campaign_id) AS is_waived
  FROM notices_attempt a
  JOIN notices_notice n USING (line_id, notice_id)
  JOIN campaign_member m ON m.line_id = a.line_id AND m.stage = 'not_notified'
  JOIN campaign_campaign c ON c.campaign_id = m.campaign_id AND c.closed_on IS NULL AND n.campaign_id = c.campaign_id
  JOIN lines_line l ON l.line_id = a.line_id
 WHERE a.channel = 'post' AND a.outcome IN ('bounced', 'unproven') AND n.kind = 'register_by' AND a.line_id > %(after)s
 ORDER BY a.line_id, a.sent_at DESC
 LIMIT %(limit)s
