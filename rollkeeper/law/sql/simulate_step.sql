-- Takes the step for lines that are due: on the first due day on which the nightly run takes place, unless an event came first.
-- Law: cn-xz-2011 art. 3 (a registration on the day itself always wins; no step on a closed day, in a pause or a stay).
-- Reads: law_due, simulated_waiting.
-- Writes: temp table simulated_step (line, acted_on, pauses, before_on).
-- Plan: one look-up for each distinct clock in the array of open days, then one hash join over the lines.
-- Again: refused; a stage has one step.
CREATE TEMP TABLE simulated_step ON COMMIT DROP AS
WITH acted AS (
    SELECT d.anchor_on, d.pauses, run.day AS acted_on
      FROM law_due AS d
     CROSS JOIN (SELECT
-- include law.open_days
           AS days OFFSET 0) AS open
      JOIN LATERAL (
           SELECT open.days[i] AS day
             FROM (SELECT generate_series(width_bucket(greatest(d.earliest_on, %(first)s::date) - 1, open.days) + 1,
                                          cardinality(open.days)) AS i) AS later
            WHERE NOT d.pauses @> open.days[i] AND NOT %(outages)s::datemultirange @> open.days[i]
            LIMIT 1) AS run ON true
     WHERE d.earliest_on IS NOT NULL
)
SELECT w.line, a.acted_on, w.pauses, w.before_on
  FROM simulated_waiting AS w JOIN acted AS a ON a.anchor_on = w.anchor_on AND a.pauses = w.pauses
 WHERE w.before_on IS NULL OR a.acted_on < w.before_on;
