-- Gives the open members of a campaign whose subscribers no longer have more lines than it allows: they gave lines back, contested some, or
-- another person took lines over. They are no longer asked.
-- Law: the pack's cohort. Reads: campaign_member, lines_line; lines_tenure, subscribers_personlink. Writes: -. Plan: one pass over the open
-- members of a campaign that names a number, a few probes each; once a night and campaign. Again: none of those that were released.
SELECT l.line_id
  FROM campaign_member m JOIN lines_line l USING (line_id)
 CROSS JOIN (SELECT %(lines_over)s::integer AS lines_over, %(services)s::text[] AS services, %(regions)s::text[] AS regions,
               %(payments)s::text[] AS payments, %(party_kinds)s::text[] AS party_kinds, %(activated_from)s::date AS activated_from) AS o
 WHERE m.campaign_id = %(campaign_id)s AND m.stage IN ('not_notified', 'running', 'suspended') AND l.must_reverify AND NOT
-- include campaign.has_too_many

