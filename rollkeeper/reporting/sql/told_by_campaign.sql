-- Counts by service and campaign, at the end of a day, the current lines whose subscribers a campaign must tell, by whether they were
-- told before its day. A line that left a campaign's scope because another campaign concerns it counts only for the other.
-- Law: the packs' told_before. Reads: lines_line, campaign_campaign, campaign_member, notices_notice. Writes: -.
-- Plan: one pass over the members of the campaigns named, hash joins. Again: the same, until records of that time are erased.
WITH told AS (
    SELECT m.line_id, o.name, o.told_before, min(n.delivered_on) AS told_on
      FROM jsonb_to_recordset(%(duties)s::jsonb) AS o (name text, told_before date)
      JOIN campaign_campaign AS c ON c.campaign_name = o.name AND c.law_id = %(law)s
      JOIN campaign_member AS m ON m.campaign_id = c.campaign_id AND m.out_of_scope_reason IS DISTINCT FROM 'not_concerned'
      LEFT JOIN notices_notice AS n ON n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind = 'register_by'
           AND n.delivered_on <= %(last)s
     GROUP BY m.line_id, o.name, o.told_before
)
SELECT l.service, t.name,
       count(*) FILTER (WHERE t.told_on < t.told_before) AS told_in_time,
       count(*) FILTER (WHERE t.told_on >= t.told_before) AS told_late,
       count(*) FILTER (WHERE t.told_on IS NULL) AS not_told
  FROM told AS t
  JOIN lines_line AS l USING (line_id)
 WHERE l.activated_on <= %(last)s AND (l.terminated_on IS NULL OR l.terminated_on > %(last)s)
 GROUP BY l.service, t.name
