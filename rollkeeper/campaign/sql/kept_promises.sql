-- Moves a promised day by the pauses and stays before it: a day that does not count for the line is not one of the days promised.
-- Law: art. 3; a promised day is never shortened. If the law's own last day is later than the promised one, nothing is moved.
-- Reads: law_due (temporary); lines_pause, notices_notice by campaign_promised_since. Writes: member_clock (promised_on).
-- Plan: only clocks with a day promised beyond the law's, and a pause or stay before it; primary keys by line.
-- Again: each run counts from the day stored as promised.
-- The days promised are those after the law's last day, or after the notice; they include a pause with an end that was known at the notice.
-- The last of them is never a day of a pause or stay. If it is later than the days that were counted, nothing is due.
WITH promised AS MATERIALIZED (
    SELECT c.line_id, c.promised_on, c.pauses,
           greatest(d.last_day_on, campaign_promised_since(c.line_id, c.promised_on)) AS since
      FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
     WHERE c.promised_on > d.last_day_on
       AND (c.pauses + %(stays)s::datemultirange) && daterange(d.last_day_on, c.promised_on, '(]')
), reached AS MATERIALIZED (
    SELECT p.line_id, p.pauses, CASE WHEN p.since < p.promised_on THEN (
               SELECT s.day::date FROM generate_series(p.since + 1, %(through)s::date, interval '1 day') AS s (day)
                WHERE NOT (p.pauses + %(stays)s::datemultirange) @> s.day::date
                ORDER BY s.day OFFSET p.promised_on - p.since - 1 LIMIT 1) ELSE p.promised_on END AS day
      FROM promised p
)
UPDATE member_clock c
   SET promised_on = coalesce((SELECT min(o.day) FROM (SELECT unnest(
-- include law.open_days
                                      ) AS day) o WHERE o.day >= r.day AND NOT r.pauses @> o.day),
                              greatest(c.promised_on, %(through)s::date))
  FROM reached r WHERE r.line_id = c.line_id
