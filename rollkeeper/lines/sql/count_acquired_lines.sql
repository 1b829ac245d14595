-- Counts, for each of these people, the lines registered since an instant under any of their documents, including those that
-- ended meanwhile. A corrected record is the same tenure. The first subscriber of a line that is older than the law registered
-- nothing new. Contested lines do not count.
-- Law: what the pack limits. Reads: subscribers_personlink, lines_tenure, lines_line. Writes: -.
-- Plan: lines_tenure_by_person and lines_line_pkey: the few lines of each person. Again: the same rows.
SELECT asked.person_id, count(DISTINCT h.line_id) AS lines
  FROM (SELECT DISTINCT person_id FROM unnest(%(persons)s::uuid[]) AS who (person_id)) AS asked
 CROSS JOIN LATERAL subscribers_references_of(asked.person_id) AS one (person_id)
  JOIN lines_tenure h ON h.person_id = one.person_id JOIN lines_line k USING (line_id)
 CROSS JOIN (SELECT %(services)s::text[] AS services, %(regions)s::text[] AS regions, %(payments)s::text[] AS payments,
                    %(party_kinds)s::text[] AS party_kinds, %(activated_from)s::date AS activated_from) AS o
 WHERE lower(h.held) >= %(since)s
   AND
-- include lines.is_counted
   AND NOT EXISTS (SELECT FROM lines_tenure b
                    WHERE b.line_id = h.line_id AND b.person_id = h.person_id AND upper(b.held) = lower(h.held))
   AND (k.activated_on >= %(begins)s
        OR EXISTS (SELECT FROM lines_tenure b WHERE b.line_id = h.line_id AND b.held << h.held))
 GROUP BY asked.person_id
