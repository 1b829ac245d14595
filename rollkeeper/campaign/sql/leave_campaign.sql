-- Releases members whose line was registered, verified again or terminated, and withdraws their pending notices.
-- Law: art. 3 (registering ends it). Reads: changed_line (temporary), lines_line.
-- Writes: campaign_member, notices_notice (owed ones only).
-- Plan: primary keys by line, only lines that changed. For each line of the list, its row, its member and its notices are looked up;
-- OFFSET 0 forbids the other direction. While statistics said that no line is registered, the planner scanned the whole list for each
-- registered line (90 s for 17,646 changes among a million lines, 2026-11-25); while they said that no notice is pending, it scanned
-- all leaving members for each notice (9.7 s for 739 of 200,000 lines, 2026-11-26).
-- Again: nothing, since they have left.
WITH gone AS (
    UPDATE campaign_member m
       SET stage = 'out_of_scope', step = 0, out_of_scope_on = %(on)s, next_check_on = NULL,
           out_of_scope_reason = CASE WHEN l.is_registered AND NOT l.must_reverify THEN 'registered' ELSE 'terminated' END
      FROM changed_line s
     CROSS JOIN LATERAL (SELECT is_registered, must_reverify, state FROM lines_line WHERE line_id = s.line_id OFFSET 0) l
     WHERE s.stage IN ('not_notified', 'running', 'suspended') AND m.line_id = s.line_id AND m.campaign_id = %(campaign_id)s
       AND m.stage IN ('not_notified', 'running', 'suspended')
       AND (l.is_registered AND NOT l.must_reverify OR l.state IN ('terminated', 'released'))
 RETURNING m.line_id
), withdraw_slice AS (
    SELECT line_id, %(campaign_id)s::uuid AS campaign_id, ARRAY['register_by', 'reminder', 'suspended'] AS kinds FROM gone
),
-- include notices.withdraw_many

SELECT count(*) AS lines FROM gone
