-- Counts the suspended lines that a planning would give service back to: the law, as it is now, does not concern them any more, or would not
-- have barred them so.
-- Law: art. 3 (which lines it concerns). Reads: lines_line, campaign_member, and as included. Writes: -.
-- Plan: one pass over the members that are suspended. Again: the same number.
SELECT count(*) AS lines FROM campaign_member m JOIN lines_line l USING (line_id)
 WHERE m.campaign_id = %(campaign_id)s AND m.stage = 'suspended' AND (
-- include campaign.barred_unlike_law
    OR
-- include campaign.not_asked
 )
