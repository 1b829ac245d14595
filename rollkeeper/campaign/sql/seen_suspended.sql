-- Lists the lines on the list that stand as suspended.
-- Law: -. Reads: campaign_seen (temporary), campaign_member. Writes: -.
-- Plan: campaign_member_pkey by line. The stage is asked outside: inside, an index of all who are suspended would do as well, and
-- was read whole for each line (1 s a night for 20,000 lines, 2026-11-26).
-- Again: the same rows.
SELECT s.line_id
  FROM campaign_seen s
 CROSS JOIN LATERAL (
       SELECT stage FROM campaign_member WHERE line_id = s.line_id AND campaign_id = %(campaign_id)s OFFSET 0) m
 WHERE m.stage = 'suspended'
