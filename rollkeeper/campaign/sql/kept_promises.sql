-- Moves a promised day by the pauses and stays that came between: a day that counts for no line is none of those promised.
-- Law: art. 3; a promised day is never shortened. Where the law's own count goes on past that day nothing is moved.
-- Reads: law_due (temporary); lines_pause, notices_notice by campaign_promised_since. Writes: member_clock (promised_on).
-- Plan: only clocks with a day promised beyond the law's, and a pause or stay before it; primary keys by line.
-- Again: each run counts from what is promised.
-- The days promised are those since the law's last day, or since the notice; a bounded pause that was known then is in them.
-- The last one is never a day of a pause or stay. Where it lies beyond what was counted, nothing is due.
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
