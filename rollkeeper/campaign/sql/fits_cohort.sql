-- Whether a line is in the campaign's cohort, even if it was registered since then. To be included: wants lines_line as l.
-- Law: the pack's cohort. Reads: lines_tenure, if registered subscribers are asked again; as has_too_many.sql, if the campaign names a
-- number of lines. Writes: -. Plan: lines_tenure_pkey by line.
-- Again: the same.
(l.service = ANY (%(services)s) AND (%(regions)s::text[] = '{}' OR coalesce(l.region = ANY (%(regions)s::text[]), false)) AND l.payment = ANY (%(payments)s::text[]) AND l.activated_on >= %(activated_from)s AND l.activated_on < %(activated_before)s AND (NOT %(asks_again)s OR EXISTS (
    SELECT FROM lines_tenure r
     WHERE r.line_id = l.line_id AND upper_inf(r.held) AND (lower(r.held) AT TIME ZONE %(zone)s)::date < %(registered_before)s
       AND (r.assurance = ANY (%(assurance)s::text[]) OR %(assurance)s::text[] = '{}')
       AND (r.party_kind = ANY (%(party_kinds)s::text[]) OR %(party_kinds)s::text[] = '{}')
       AND (r.good_through < %(on)s::date OR NOT %(last_day_over)s)))
 AND EXISTS (SELECT FROM (SELECT %(lines_over)s::integer AS lines_over, %(services)s::text[] AS services, %(regions)s::text[] AS regions,
                           %(payments)s::text[] AS payments, %(party_kinds)s::text[] AS party_kinds, %(activated_from)s::date AS activated_from) AS o WHERE
-- include campaign.has_too_many
))
