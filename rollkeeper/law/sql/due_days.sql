-- Finds, once for each distinct clock, the last day to register and the first day on which a stage may follow; NULL for a day after
-- `through`. Include it as the query of a statement; it needs `law_clock` (anchor_on, days, pauses: distinct).
-- Law: cn-xz-2011 art. 3, civil law art. 154 (the anchor is not counted; pauses and stays do not count; a last day that is closed moves on).
-- Reads: law_clock. Writes: -.
-- Plan: a scan of law_clock, two look-ups for each clock in the array of open days: a third of the time that an index takes. 1,100 clocks
--   without pauses: 0.1 s; 300,000 with two pauses each: 11 s (two cores shared with others, 2026-12-01).
-- Again: the same rows.
SELECT c.anchor_on, c.days, c.pauses, last_day.day AS last_day_on, earliest.day AS earliest_on
  FROM law_clock AS c
 CROSS JOIN (SELECT
-- include law.open_days
       AS days OFFSET 0) AS open
  LEFT JOIN LATERAL (
       SELECT (c.pauses + %(stays)s::datemultirange)
                  * datemultirange(daterange(c.anchor_on, %(through)s::date, '(]')) AS off
        WHERE c.anchor_on < %(through)s::date
       OFFSET 0) AS o ON true
  LEFT JOIN LATERAL (
       -- The nth counted day is n days after the anchor, plus the length of each uncounted stretch before it. A stretch is before it if
       -- fewer than n days are counted before the stretch.
       SELECT c.anchor_on + c.days + coalesce(sum(stretch.length)::int, 0) AS reached_on
         FROM (SELECT upper(r) - lower(r) AS length,
                      lower(r) - c.anchor_on - 1
                          - coalesce(sum(upper(r) - lower(r)) OVER earlier, 0) AS counted_before
                 FROM unnest(o.off) AS r
               WINDOW earlier AS (ORDER BY lower(r) ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
              ) AS stretch
        WHERE stretch.counted_before < c.days) AS r ON o.off IS NOT NULL
  LEFT JOIN LATERAL (
       SELECT open.days[i] AS day
         FROM (SELECT generate_series(width_bucket(r.reached_on - 1, open.days) + 1, cardinality(open.days)) AS i) AS later
        WHERE NOT o.off @> open.days[i]
        LIMIT 1) AS last_day ON true
  LEFT JOIN LATERAL (
       SELECT open.days[i] AS day
         FROM (SELECT generate_series(width_bucket(last_day.day, open.days) + 1, cardinality(open.days)) AS i) AS later
        WHERE NOT o.off @> open.days[i]
        LIMIT 1) AS earliest ON true
