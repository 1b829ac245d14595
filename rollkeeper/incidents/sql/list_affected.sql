-- Writes the list of an incident from what was seen, with the fields by name. Law: art. 12.
-- Reads: incident_access (temporary). Writes: incidents_affectedperson.
-- Plan: one pass; each different set of fields is turned into names once.
-- Again: the same people; the caller removes the older list first.
WITH named AS MATERIALIZED (
    SELECT bits, ARRAY(SELECT name FROM unnest(%(other)s::text || %(fields)s::text[]) WITH ORDINALITY AS n (name, nth)
                        WHERE bits >> (nth::int - 1) & 1 = 1 ORDER BY name) AS fields
      FROM (SELECT DISTINCT bits FROM incident_access) AS together
)
INSERT INTO incidents_affectedperson (incident_id, nth, person_id, line_id, fields, first_at, last_at, openings)
SELECT %(incident)s, row_number() OVER (), person_id, line_id, fields, first_at, last_at, openings
  FROM incident_access JOIN named USING (bits)
