-- Sets the clocks of the second stage: everyone who was suspended, counted from the day on which it really happened.
-- Law: cn-xz-2011 art. 3 (a full 30 days of suspension).
-- Reads: simulated_step of the first stage.
-- Writes: temp tables simulated_suspended (line, suspended_on), simulated_waiting and law_clock, rebuilt.
-- Plan: one scan, one hash aggregate.
-- Again: refused; one simulation a transaction.
DROP TABLE simulated_waiting, law_clock;
CREATE TEMP TABLE simulated_suspended ON COMMIT DROP AS SELECT line, acted_on AS suspended_on FROM simulated_step;
CREATE TEMP TABLE simulated_waiting ON COMMIT DROP AS
SELECT line, acted_on AS anchor_on, pauses, before_on FROM simulated_step;
CREATE TEMP TABLE law_clock ON COMMIT DROP AS
SELECT DISTINCT anchor_on, %(days)s::int AS days, pauses FROM simulated_waiting;
DROP TABLE simulated_step;
