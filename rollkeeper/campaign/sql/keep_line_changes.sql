-- Puts back the changes of members of campaigns that have no nightly run now, so that their next run sees the changes.
-- Law: -. Reads: drained_line (temporary), campaign_member. Writes: campaign_linechange.
-- Plan: campaign_member_pkey by line. Again: a second row for each line; a run reads both as one.
INSERT INTO campaign_linechange (line_id)
SELECT d.line_id FROM drained_line d
 WHERE EXISTS (SELECT FROM campaign_member m WHERE m.line_id = d.line_id AND m.campaign_id = ANY (%(campaigns)s::uuid[]) OFFSET 0)
