-- Counts the suspended lines that a planning would restore: the present law no longer concerns them, or would not have barred them in this
-- way.
-- Law: art. 3 (which lines it concerns). Reads: lines_line, campaign_member, and as included. Writes: -.
-- Plan: one pass over the members that are suspended. Again: the same number.
SELECT count(*) AS lines FROM campaign_member m JOIN lines_line l USING (line_id)
 WHERE m.campaign_id = %(campaign_id)s AND m.stage = 'suspended' AND (
-- include campaign.barred_unlike_law
    OR
-- include campaign.not_asked
 )
