-- Counts whom a scoping found. Law: art. 12. Reads: incidents_exposed. Writes: -.
-- Plan: two groupings by hash over the incident's rows; count(DISTINCT) sorts them. Again: the same figures.
SELECT count(*) FILTER (WHERE person_id IS NOT NULL) AS people,
       count(*) FILTER (WHERE person_id IS NULL) AS unnamed_lines,
       coalesce(sum(openings), 0)::bigint AS openings
  FROM (SELECT person_id, CASE WHEN person_id IS NULL THEN line_id END AS line_id, sum(openings) AS openings
          FROM incidents_exposed WHERE incident_id = %(incident)s GROUP BY 1, 2) AS one
