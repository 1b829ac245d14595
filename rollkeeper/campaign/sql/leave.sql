-- Lets members go whose line was registered or ended, and takes back what they would still have been told.
-- Law: art. 3 (registering ends it). Reads: campaign_seen (temporary), lines_line.
-- Writes: campaign_member, notices_notice (owed ones only).
-- Plan: primary keys by line, only lines that changed. A line is looked up from the list and never the list from the lines:
-- while statistics still say that nobody is registered, the planner went through the whole list for each who is (90 s for
-- 17,646 changes among a million lines, 2026-11-25).
-- Again: nothing, since they have left.
WITH gone AS (
    UPDATE campaign_member m
       SET stage = 'left', left_on = %(on)s, next_check_on = NULL,
           left_because = CASE WHEN l.is_registered THEN 'registered' ELSE 'ended' END
      FROM campaign_seen s
     CROSS JOIN LATERAL (SELECT is_registered, state FROM lines_line WHERE line_id = s.line_id OFFSET 0) l
     WHERE m.line_id = s.line_id AND m.campaign_id = %(campaign_id)s
       AND m.stage IN ('untold', 'counting', 'suspended')
       AND (l.is_registered OR l.state IN ('ended', 'released'))
 RETURNING m.line_id
), withdrawn AS (
    UPDATE notices_notice n
       SET state = 'withdrawn'
      FROM gone
     WHERE n.line_id = gone.line_id AND n.campaign_id = %(campaign_id)s AND n.state = 'owed'
       AND n.claimed_by IS NULL AND n.kind IN ('register_by', 'reminder', 'suspended')
)
SELECT count(*) AS lines FROM gone
