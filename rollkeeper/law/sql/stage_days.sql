-- How many days are counted before the next stage: the law's days, or the days of its months by the calendar, from the day on which the
-- stage before really began; NULL if no stage follows. Include it in a lateral subquery; it needs `clock (step, anchor_on)`, where `step`
-- is the number of stages before.
-- Law: the pack's stages and month_overflow; the twin of `calendars.Term`. Reads: -. Writes: -.
-- Plan: arithmetic; without months a constant. Again: the same.
SELECT (%(stage_days)s::integer[])[clock.step + 1]
       + CASE WHEN (%(stage_months)s::integer[])[clock.step + 1] > 0
              THEN moved.later - clock.anchor_on
                   + CASE WHEN %(month_overflows)s AND extract(day FROM moved.later) < extract(day FROM clock.anchor_on) THEN 1 ELSE 0 END
              ELSE 0 END AS days
  FROM (SELECT (clock.anchor_on + make_interval(months => (%(stage_months)s::integer[])[clock.step + 1]))::date AS later) AS moved
