-- Shows each current line that a law may concern as rows of a simulation's file: activated, registered, notified on a day.
-- Law: art. 3. Reads: lines_line. Writes: -. Plan: one pass over the lines.
-- Again: the same.
SELECT l.line_id, e.day, e.event
  FROM lines_line l
 CROSS JOIN LATERAL (VALUES
       (l.activated_on, 'activated', true),
       (greatest(l.activated_on, %(notified_on)s::date - 1), 'registered', l.is_registered),
       (%(notified_on)s::date, 'notice_delivered', NOT l.is_registered AND l.activated_on <= %(notified_on)s::date)
     ) AS e (day, event, happened)
 WHERE l.state IN ('active', 'suspended') AND l.service = ANY (%(services)s) AND NOT l.is_essential AND e.happened
