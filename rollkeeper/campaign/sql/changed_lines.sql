-- Gives the lines that changed since the last nightly run with their stage in one campaign.
-- Law: -. Reads: drained_line (temporary), campaign_member. Writes: changed_line (temporary).
-- Plan: one probe of campaign_member_pkey for each line. The stage tells each step of a nightly run which lines to check: for most lines
-- there is nothing to do.
-- Again: the caller drops the table first.
CREATE TEMPORARY TABLE changed_line ON COMMIT DROP AS
SELECT d.line_id, m.stage
  FROM drained_line d
  LEFT JOIN LATERAL (
        SELECT stage FROM campaign_member WHERE line_id = d.line_id AND campaign_id = %(campaign_id)s OFFSET 0) m ON true
 ORDER BY d.line_id
