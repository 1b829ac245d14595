-- Marks the registered lines found as to be verified again; a line that changed since it was found is left out.
-- Law: the pack's cohort (a subscriber who registers a minute before is not asked). Reads: member_clock (temporary). Writes: lines_line
-- (version + 1), member_clock. Plan: lines_line_pkey, one row for each new member; once a planning.
-- Again: nothing, since plan_clocks.sql finds no marked line.
WITH reverify_slice AS (
    SELECT line_id, version FROM member_clock
),
-- include lines.begin_reverification_many
DELETE FROM member_clock c WHERE NOT EXISTS (SELECT FROM asked_line a WHERE a.line_id = c.line_id)
