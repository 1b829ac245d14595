-- Locks, in order, the lines that a changed pack no longer concerns, whose clock it moves, or that it would not have barred in this way.
-- Law: -. Reads: lines_line, campaign_member. Writes: row locks.
-- Plan: one pass over the members; once a planning. A separate statement: release_members.sql sees what was committed before the
-- locks were taken.
-- Again: the same locks.
SELECT count(*) AS lines FROM (
    SELECT l.line_id FROM lines_line l JOIN campaign_member m USING (line_id)
     WHERE m.campaign_id = %(campaign_id)s AND m.stage IN ('not_notified', 'running', 'suspended')
       AND (m.stage = 'running' AND m.anchor_on < %(begins_on)s
            OR
-- include campaign.barred_unlike_law
            OR
-- include campaign.not_asked
           ) AND (%(line_ids)s::uuid[] IS NULL OR l.line_id = ANY (%(line_ids)s::uuid[]))
     ORDER BY l.line_id FOR UPDATE OF l) locked
