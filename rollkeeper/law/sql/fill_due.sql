-- Stores the days of every distinct clock in a table, for the statements that follow.
-- Law: as due_days.sql.
-- Reads: law_clock (anchor_on, days, pauses: distinct).
-- Writes: temp table law_due (anchor_on, days, pauses, last_day_on, earliest_on), NULL for a day after `through`.
-- Plan: as due_days.sql.
-- Again: the same rows; the table is rebuilt.
DROP TABLE IF EXISTS pg_temp.law_due;
CREATE TEMP TABLE law_due ON COMMIT DROP AS
-- include law.due_days
