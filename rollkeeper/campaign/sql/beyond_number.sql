-- Tells which lines are beyond the number that the law allows one person. To be included: wants `candidate (line_id)`, the lines that
-- a stage could bar or terminate now; gives `beyond (line_id)`.
-- Law: what the pack limits. Each person loses service on only as many lines as are too many: on those that came into service last. Other
-- lines of the person that the stage has already barred count toward these. A person with several documents is counted once.
-- Reads: lines_line, lines_tenure, subscribers_personlink, lines_suspension. Writes: -. Plan: primary keys by line, and
-- lines_tenure_by_person; as many rows as the people of the candidates have lines. Again: the same rows.
whose AS MATERIALIZED (
    SELECT c.line_id, l.activated_on, coalesce(j.principal_id, h.person_id) AS principal_id
      FROM candidate c JOIN lines_line l USING (line_id)
      JOIN lines_tenure h ON h.line_id = c.line_id AND upper_inf(h.held) AND h.contested_on IS NULL
      LEFT JOIN subscribers_personlink j ON j.person_id = h.person_id
), counted AS MATERIALIZED (
    SELECT w.principal_id, there.lines, there.cut
      FROM (SELECT DISTINCT principal_id FROM whose) AS w
     CROSS JOIN (SELECT %(lines_over)s::integer AS lines_over, %(services)s::text[] AS services, %(regions)s::text[] AS regions,
               %(payments)s::text[] AS payments, %(party_kinds)s::text[] AS party_kinds, %(activated_from)s::date AS activated_from) AS o
     CROSS JOIN LATERAL (
           SELECT count(*) AS lines, count(*) FILTER (WHERE EXISTS (
                      SELECT FROM lines_suspension s
                       WHERE s.line_id = k.line_id AND s.reason = 'registration' AND s.restored_on IS NULL AND s.step >= %(step)s::integer)) AS cut
             FROM subscribers_references_of(w.principal_id) AS one (person_id)
             JOIN lines_tenure h ON h.person_id = one.person_id JOIN lines_line k ON k.line_id = h.line_id
            WHERE
-- include campaign.counts_toward_number
           ) AS there
), beyond AS MATERIALIZED (
    SELECT line_id
      FROM (SELECT w.line_id, c.lines - c.cut - %(lines_over)s::integer AS too_many,
                   row_number() OVER (PARTITION BY w.principal_id ORDER BY w.activated_on DESC, w.line_id DESC) AS place
              FROM whose w JOIN counted c USING (principal_id)) AS ranked
     WHERE place <= too_many
)
