-- Whether a line is in the cohort of another campaign of this law that gives a later last day. To be included: wants lines_line as l.
-- Law: the packs' cohorts (a line is a member of one campaign, the better one). Reads: lines_tenure, where registered subscribers are
-- asked again. Writes: -. Plan: the rows of a parameter, none where a law has one campaign; lines_tenure_pkey by line.
-- Again: the same.
EXISTS (
    SELECT FROM jsonb_to_recordset(%(later_cohorts)s::jsonb) AS o (
               services text[], regions text[], payments text[], activated_from date, activated_before date, registered_before date, assurance text[], party_kinds text[], last_day_over boolean, lines_over integer)
     WHERE l.service = ANY (o.services) AND (o.regions = '{}' OR coalesce(l.region = ANY (o.regions), false)) AND l.payment = ANY (o.payments) AND l.activated_on >= o.activated_from AND l.activated_on < o.activated_before
       AND (NOT %(asks_again)s OR EXISTS (
           SELECT FROM lines_tenure r
            WHERE r.line_id = l.line_id AND upper_inf(r.held) AND (lower(r.held) AT TIME ZONE %(zone)s)::date < o.registered_before
              AND (r.assurance = ANY (o.assurance) OR o.assurance = '{}')
              AND (r.party_kind = ANY (o.party_kinds) OR o.party_kinds = '{}')
              AND (r.good_through < %(on)s::date OR NOT o.last_day_over)))
       AND
-- include campaign.has_too_many
)
