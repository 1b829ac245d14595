-- Counts, for each of these people, the living lines that they hold now under any of their documents; what they say is not
-- theirs does not count; nor, where only those are asked for that they keep, what a campaign asks them to verify again.
-- Law: what the pack limits. Reads: subscribers_personlink, lines_tenure, lines_line. Writes: -.
-- Plan: lines_tenure_by_person and lines_line_pkey: the few lines of each person. Again: the same rows.
SELECT asked.person_id, count(*) AS lines
  FROM (SELECT DISTINCT person_id FROM unnest(%(persons)s::uuid[]) AS who (person_id)) AS asked
 CROSS JOIN LATERAL subscribers_references_of(asked.person_id) AS one (person_id)
  JOIN lines_tenure h ON h.person_id = one.person_id JOIN lines_line l USING (line_id)
 WHERE upper_inf(h.held) AND h.contested_on IS NULL
   AND h.party_kind = ANY (%(party_kinds)s) AND l.service = ANY (%(services)s) AND l.payment = ANY (%(payments)s)
   AND (%(regions)s::text[] = '{}' OR l.region = ANY (%(regions)s::text[]))
   AND (l.activated_on >= %(activated_from)s
        -- Who took it over from someone else did not have it before that day.
        OR EXISTS (SELECT FROM lines_tenure b WHERE b.line_id = h.line_id AND b.held << h.held AND b.person_id <> h.person_id)
           AND (SELECT min(lower(o.held)) FROM lines_tenure o WHERE o.line_id = h.line_id AND o.person_id = h.person_id) >= %(activated_from)s)
   AND l.state IN ('active', 'suspended') AND NOT (%(only_kept)s AND l.must_reverify)
 GROUP BY asked.person_id
