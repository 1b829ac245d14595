-- Takes the lines that `watch.sql` noted since the last sweep off the list, each once, with the stage at which a member stood.
-- Law: -. Reads: campaign_changed, campaign_member. Writes: campaign_changed (emptied), campaign_seen (temporary).
-- Plan: as many rows as there were changes, in the order of the lines, so that neighbours in a table are read together; one probe
-- of campaign_member_pkey each. What each step of a sweep has to look at is told by the stage: most lines stand where it
-- has nothing to do.
-- Again: no rows, or those noted since; a sweep that breaks off leaves them all.
CREATE TEMPORARY TABLE campaign_seen ON COMMIT DROP AS
WITH gone AS (DELETE FROM campaign_changed RETURNING line_id)
SELECT s.line_id, m.stage
  FROM (SELECT DISTINCT line_id FROM gone) s
  LEFT JOIN LATERAL (
        SELECT stage FROM campaign_member WHERE line_id = s.line_id AND campaign_id = %(campaign_id)s OFFSET 0) m ON true
 ORDER BY s.line_id
