-- Leaves each distinct clock once for the law to count; with then_days also the clock that would begin today.
-- Law: art. 3. Reads: member_clock (temporary). Writes: law_clock (temporary).
-- Plan: one hash aggregate over the lines looked at.
-- Again: the caller drops the table first.
CREATE TEMPORARY TABLE law_clock ON COMMIT DROP AS
SELECT anchor_on, days, pauses FROM member_clock GROUP BY 1, 2, 3
UNION
SELECT %(on)s::date, %(then_days)s::integer, pauses FROM member_clock
 WHERE %(then_days)s::integer IS NOT NULL GROUP BY 3
