-- Counts whom a scoping found. Law: art. 12. Reads: incidents_exposed. Writes: -.
-- Plan: the incident's rows thrice, two of these grouped by hash; count(DISTINCT) sorts them. Again: the same figures.
SELECT (SELECT count(*) FROM (SELECT DISTINCT person_id FROM incidents_exposed
                               WHERE incident_id = %(incident)s AND person_id IS NOT NULL) AS person) AS people,
       (SELECT count(*) FROM (SELECT DISTINCT line_id FROM incidents_exposed
                               WHERE incident_id = %(incident)s AND person_id IS NULL) AS line) AS unnamed_lines,
       (SELECT coalesce(sum(openings), 0)::bigint FROM incidents_exposed WHERE incident_id = %(incident)s) AS openings
