-- Removes the lines recorded by `track_line_changes.sql` since the last nightly run from the list, each once, with the member's
-- stage.
-- Law: -. Reads: campaign_linechange, campaign_member. Writes: campaign_linechange (emptied), changed_line (temporary).
-- Plan: one row for each change, in the order of the lines, so that neighbours in a table are read together; one probe of
-- campaign_member_pkey each. The stage tells each step of a nightly run which lines to check: for most lines there is nothing to
-- do.
-- Again: no rows, or those noted since; a nightly run that breaks off leaves them all.
CREATE TEMPORARY TABLE changed_line ON COMMIT DROP AS
WITH gone AS (DELETE FROM campaign_linechange RETURNING line_id)
SELECT s.line_id, m.stage
  FROM (SELECT DISTINCT line_id FROM gone) s
  LEFT JOIN LATERAL (
        SELECT stage FROM campaign_member WHERE line_id = s.line_id AND campaign_id = %(campaign_id)s OFFSET 0) m ON true
 ORDER BY s.line_id
