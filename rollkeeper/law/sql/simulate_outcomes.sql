-- Writes the outcome of each line, with the day on which its records are erased.
-- Law: cn-xz-2011 art. 3 and 5 (telephone users: kept for a year after the end; 29 February becomes 1 March; a hold makes erasure wait).
-- Reads: simulated_line, simulated_bar, simulated_step of the end.
-- Writes: temp table simulated_outcome, one row for each line.
-- Plan: two hash joins; one look-up in the list of days for each distinct end and holds.
-- Again: refused; a transaction has one simulation.
CREATE TEMP TABLE simulated_day (day date PRIMARY KEY) ON COMMIT DROP;
INSERT INTO simulated_day
SELECT s::date FROM generate_series(%(first)s::date, %(through)s::date, interval '1 day') AS s
 WHERE NOT %(no_erasure)s::datemultirange @> s::date;
ANALYZE simulated_day;
CREATE TEMP TABLE simulated_outcome ON COMMIT DROP AS
WITH ending AS (
    SELECT l.line, l.holds, CASE WHEN l.service = ANY (%(kept_services)s::text[]) THEN l.service ELSE '' END AS kept_as,
           s.acted_on AS suspended_on,
           CASE WHEN s.acted_on IS NOT NULL AND t.acted_on IS NULL THEN l.registered_on END AS restored_on,
           coalesce(t.acted_on, l.ended_on) AS ended_on,
           CASE WHEN t.acted_on IS NOT NULL THEN 'campaign'
                WHEN l.ended_on IS NOT NULL THEN 'subscriber' END AS ended_by
      FROM simulated_line AS l
      LEFT JOIN simulated_bar AS s ON s.line = l.line AND s.place = 0
      LEFT JOIN simulated_step AS t ON t.line = l.line
),
term AS (
    SELECT * FROM unnest(%(kept_services)s::text[], %(kept_years)s::int[], %(kept_months)s::int[], %(kept_days)s::int[],
                         %(kept_calendar_years)s::int[]) AS t (kept_as, years, months, days, calendar_years)
),
kept AS (
    SELECT e.ended_on, e.holds, e.kept_as,
           CASE WHEN t.calendar_years > 0
                THEN make_date(extract(year FROM e.ended_on)::int + t.calendar_years, 12, 31)
                ELSE m.month_later
                     + CASE WHEN %(overflows)s AND extract(day FROM m.month_later) < extract(day FROM e.ended_on)
                            THEN 1 ELSE 0 END
                     + t.days END AS kept_until
      FROM (SELECT DISTINCT ended_on, holds, kept_as FROM ending WHERE ended_on IS NOT NULL) AS e
      JOIN term AS t ON t.kept_as = e.kept_as
     CROSS JOIN LATERAL (
           SELECT (e.ended_on + make_interval(years => t.years, months => t.months))::date AS month_later
           ) AS m
),
erased AS (
    SELECT k.ended_on, k.holds, k.kept_as, run.day AS erased_on
      FROM kept AS k
      JOIN LATERAL (
           SELECT d.day FROM simulated_day AS d
            WHERE d.day > k.kept_until AND NOT k.holds @> d.day
            ORDER BY d.day LIMIT 1) AS run ON true
)
SELECT e.line, e.suspended_on, e.restored_on, e.ended_on, e.ended_by, x.erased_on
  FROM ending AS e
  LEFT JOIN erased AS x ON x.ended_on = e.ended_on AND x.holds = e.holds AND x.kept_as = e.kept_as;
