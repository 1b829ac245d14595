-- What the events of one line, or those for all lines, say: the first day of each kind of event, and the line's service, region, payment
-- and kind of subscriber. Include it in a list of columns; it needs `known (event, day)`, where `day` is NULL for an event that is not
-- known yet.
-- Law: as simulate_lines.sql. Reads: -. Writes: -. Plan: aggregates. Again: the same.
           min(day) FILTER (WHERE event = 'activated') AS activated_on,
           min(day) FILTER (WHERE event = 'notice_delivered') AS notified_on,
           min(day) FILTER (WHERE event = ANY (%(registering)s::text[] || %(verifying)s::text[])) AS registered_on,
           min(day) FILTER (WHERE %(asks_again)s AND event = ANY (%(registering)s::text[])) AS recorded_on,
           min(day) FILTER (WHERE %(asks_again)s AND event = ANY (%(asked)s::text[])) AS asked_on,
           min(day) FILTER (WHERE %(asks_again)s AND event = ANY (%(verifying)s::text[])) AS verified_on,
           min(day) FILTER (WHERE %(last_day_over)s AND event = %(last_day)s) AS last_day_on,
           min(day) FILTER (WHERE event = 'ended') AS ended_on,
           min(event COLLATE "C") FILTER (WHERE event = ANY (%(all_services)s::text[]) AND day IS NOT NULL) AS service,
           min(event COLLATE "C") FILTER (WHERE starts_with(event, %(region_mark)s) AND day IS NOT NULL) AS region,
           min(event COLLATE "C") FILTER (WHERE event = ANY (%(all_payments)s::text[]) AND day IS NOT NULL) AS payment,
           min(event COLLATE "C") FILTER (WHERE event = ANY (%(all_kinds)s::text[]) AND day IS NOT NULL) AS party_kind
