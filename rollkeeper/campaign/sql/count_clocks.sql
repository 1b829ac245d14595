-- Has the law count each distinct clock once; with then_days also the clock that would begin today.
-- Law: art. 3. Reads: member_clock (temporary). Writes: law_due (temporary).
-- Plan: one hash aggregate over the lines looked at, then as law.due_days.
-- Again: the same rows; the table is rebuilt.
DROP TABLE IF EXISTS pg_temp.law_due;
CREATE TEMPORARY TABLE law_due ON COMMIT DROP AS
WITH law_clock AS MATERIALIZED (
    SELECT anchor_on, days, pauses FROM member_clock GROUP BY 1, 2, 3
    UNION
    SELECT %(on)s::date, %(then_days)s::integer, pauses FROM member_clock
     WHERE %(then_days)s::integer IS NOT NULL GROUP BY 3
)
-- include law.due_days
