-- Counts whom a scoping found. Law: art. 12. Reads: incidents_exposed. Writes: -.
-- Plan: one aggregate over the incident's rows. Again: the same figures.
SELECT count(DISTINCT person_id) AS people,
       count(DISTINCT line_id) FILTER (WHERE person_id IS NULL) AS unnamed_lines,
       coalesce(sum(openings), 0)::bigint AS openings
  FROM incidents_exposed WHERE incident_id = %(incident)s
