-- Puts back the changes of lines that count in a campaign that has no run now, so that its next one sees them.
-- Law: -. Reads: drained_line (temporary), campaign_member. Writes: campaign_linechange.
-- Plan: campaign_member_pkey by line. Again: once more, which a run reads once.
INSERT INTO campaign_linechange (line_id)
SELECT d.line_id FROM drained_line d
 WHERE EXISTS (SELECT FROM campaign_member m WHERE m.line_id = d.line_id AND m.campaign_id = ANY (%(campaigns)s::uuid[]) OFFSET 0)
