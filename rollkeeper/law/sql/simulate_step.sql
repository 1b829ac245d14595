-- Takes the step for lines that are due: on the first due day on which the nightly run takes place, unless an event came first.
-- Law: cn-xz-2011 art. 3 (a registration on the day itself always wins; no step on a closed day, in a pause or a stay).
-- Reads: law_due, law_open_day, simulated_waiting.
-- Writes: temp table simulated_step (line, acted_on, pauses, before_on).
-- Plan: one look-up a distinct clock in law_open_day's key, then one hash join over the lines.
-- Again: refused; one step a stage.
CREATE TEMP TABLE simulated_step ON COMMIT DROP AS
WITH acted AS (
    SELECT d.anchor_on, d.pauses, run.day AS acted_on
      FROM law_due AS d
      JOIN LATERAL (
           SELECT o.day FROM law_open_day AS o
            WHERE o.day >= greatest(d.earliest_on, %(first)s::date)
              AND NOT d.pauses @> o.day AND NOT %(outages)s::datemultirange @> o.day
            ORDER BY o.day LIMIT 1) AS run ON true
     WHERE d.earliest_on IS NOT NULL
)
SELECT w.line, a.acted_on, w.pauses, w.before_on
  FROM simulated_waiting AS w JOIN acted AS a ON a.anchor_on = w.anchor_on AND a.pauses = w.pauses
 WHERE w.before_on IS NULL OR a.acted_on < w.before_on;
