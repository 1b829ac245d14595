-- Shows each current line that a law may concern as rows of a simulation's file: when it was activated and registered, its last day, and
-- the day of its notice. Also, if the law asks for them: the service, the region, the way of payment, the subscriber's kind, and whether
-- the subscriber has more lines than the law allows.
-- Law: art. 3. Reads: lines_line, and lines_tenure if registered subscribers are asked again. Writes: -. Plan: one pass over the
-- lines. Again: the same.
SELECT l.line_id, e.day, e.event
  FROM lines_line l
  LEFT JOIN lines_tenure h ON true = ANY (%(asked)s::boolean[]) AND h.line_id = l.line_id AND upper_inf(h.held)
 CROSS JOIN LATERAL (
       SELECT max(o.lines_over) + 1 AS n
         FROM jsonb_to_recordset(%(counted)s::jsonb) AS o (
                  lines_over integer, services text[], regions text[], payments text[], party_kinds text[], activated_from date)
        WHERE l.is_registered AND l.service = ANY (o.services) AND l.payment = ANY (o.payments) AND (o.regions = '{}' OR l.region = ANY (o.regions))
          AND
-- include campaign.has_too_many
       ) AS many
 CROSS JOIN LATERAL (VALUES
       (l.activated_on, 'activated', true),
       (l.activated_on, l.service, %(tells_service)s),
       (l.activated_on, l.payment, %(tells_payment)s AND l.payment <> 'unknown'),
       (l.activated_on, h.party_kind, %(tells_kind)s AND h.party_kind IS NOT NULL),
       (l.activated_on, 'region:' || l.region, %(tells_region)s AND l.region <> ''),
       (coalesce((lower(h.held) AT TIME ZONE %(zone)s)::date, greatest(l.activated_on, %(notified_on)s::date - 1)),
        CASE WHEN h.assurance IN ('declared', 'sighted', 'checked', 'machine_read') THEN h.assurance ELSE 'registered' END, l.is_registered),
       (greatest(l.activated_on, (lower(h.held) AT TIME ZONE %(zone)s)::date), 'lines:' || many.n, many.n IS NOT NULL),
       (h.good_through, 'last_day', h.good_through IS NOT NULL),
       (%(notified_on)s::date, 'notice_delivered', l.is_registered = ANY (%(asked)s::boolean[]) AND l.activated_on <= %(notified_on)s::date)
     ) AS e (day, event, happened)
 WHERE l.state IN ('active', 'suspended') AND l.service = ANY (%(services)s) AND NOT l.is_essential AND e.happened
