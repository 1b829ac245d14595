-- Counts, for each of these people, the living lines that they have now under any of their documents. Lines that they contest do not
-- count; with `only_kept`, lines that a campaign asks them to verify again do not count either.
-- Law: what the pack limits. Reads: subscribers_personlink, lines_tenure, lines_line. Writes: -.
-- Plan: lines_tenure_by_person and lines_line_pkey: the few lines of each person. Again: the same rows.
SELECT asked.person_id, count(*) AS lines
  FROM (SELECT DISTINCT person_id FROM unnest(%(persons)s::uuid[]) AS who (person_id)) AS asked
 CROSS JOIN LATERAL subscribers_references_of(asked.person_id) AS one (person_id)
  JOIN lines_tenure h ON h.person_id = one.person_id JOIN lines_line k USING (line_id)
 CROSS JOIN (SELECT %(services)s::text[] AS services, %(regions)s::text[] AS regions, %(payments)s::text[] AS payments,
                    %(party_kinds)s::text[] AS party_kinds, %(activated_from)s::date AS activated_from) AS o
 WHERE upper_inf(h.held)
   AND
-- include lines.is_counted
   AND k.state IN ('active', 'suspended') AND NOT (%(only_kept)s AND k.must_reverify)
 GROUP BY asked.person_id
