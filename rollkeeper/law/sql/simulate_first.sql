-- Starts the clocks of the first bar, for every line of the campaign whose subscriber was notified before any event that prevents the bar.
-- Law: cn-xz-2011 art. 3 (the clock starts at proof of notice, not before the campaign).
-- Reads: simulated_line.
-- Writes: temp tables simulated_waiting (line, anchor_on, pauses, before_on), law_clock (distinct) and, empty, simulated_bar.
-- Plan: one scan, one hash aggregate.
-- Again: refused; a transaction has one simulation.
CREATE TEMP TABLE simulated_waiting ON COMMIT DROP AS
SELECT line, anchor_on, pauses, before_on
  FROM simulated_line
 WHERE anchor_on IS NOT NULL AND (before_on IS NULL OR before_on > anchor_on);
CREATE TEMP TABLE law_clock ON COMMIT DROP AS
SELECT clock.anchor_on, length.days, clock.pauses
  FROM (SELECT DISTINCT anchor_on, 0 AS step, pauses FROM simulated_waiting) AS clock
 CROSS JOIN LATERAL (
-- include law.stage_days
 ) AS length;
CREATE TEMP TABLE simulated_bar (line int, place int, acted_on date) ON COMMIT DROP;
