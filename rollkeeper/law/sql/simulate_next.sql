-- Records the lines that the bar before reached, and starts their clocks for the next stage, counted from the day on which that bar really began.
-- Law: cn-xz-2011 art. 3 (a full 30 days of suspension).
-- Reads: simulated_step of the bar before.
-- Writes: temp tables simulated_bar (line, place, acted_on), simulated_waiting and law_clock, rebuilt.
-- Plan: two scans, one hash aggregate.
-- Again: refused; a transaction has one simulation.
DROP TABLE simulated_waiting, law_clock;
INSERT INTO simulated_bar SELECT line, %(place)s::int, acted_on FROM simulated_step;
CREATE TEMP TABLE simulated_waiting ON COMMIT DROP AS
SELECT line, acted_on AS anchor_on, pauses, before_on FROM simulated_step;
CREATE TEMP TABLE law_clock ON COMMIT DROP AS
SELECT clock.anchor_on, length.days, clock.pauses
  FROM (SELECT DISTINCT anchor_on, %(place)s::int + 1 AS step, pauses FROM simulated_waiting) AS clock
 CROSS JOIN LATERAL (
-- include law.stage_days
 ) AS length;
DROP TABLE simulated_step;
