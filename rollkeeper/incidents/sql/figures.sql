-- Counts whom a scoping found: a row is a person, or a line that nobody was registered for. Law: art. 12.
-- Reads: incidents_exposed. Writes: -. Plan: one pass over the incident's rows. Again: the same figures.
SELECT count(*) FILTER (WHERE person_id IS NOT NULL) AS people, count(*) FILTER (WHERE person_id IS NULL) AS unnamed_lines,
       coalesce(sum(openings), 0)::bigint AS openings
  FROM incidents_exposed
 WHERE incident_id = %(incident)s
