-- Counts the people of an incident by what was seen of them. Law: art. 12. Reads: incidents_affectedperson. Writes: -.
-- Plan: one aggregate over the incident's rows. Again: the same figures.
SELECT field, count(*) AS people
  FROM incidents_affectedperson CROSS JOIN LATERAL unnest(fields) AS field
 WHERE incident_id = %(incident)s GROUP BY field ORDER BY field
