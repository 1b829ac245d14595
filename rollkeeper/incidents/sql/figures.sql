-- Counts the people found by a scoping: a row is a person, or a line without a registered subscriber. Law: art. 12.
-- Reads: incidents_affectedperson. Writes: -. Plan: one pass over the incident's rows. Again: the same figures.
SELECT count(*) FILTER (WHERE person_id IS NOT NULL) AS people, count(*) FILTER (WHERE person_id IS NULL) AS unregistered_lines,
       coalesce(sum(openings), 0)::bigint AS openings
  FROM incidents_affectedperson
 WHERE incident_id = %(incident)s
