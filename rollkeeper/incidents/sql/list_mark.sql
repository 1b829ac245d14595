-- Computes a mark from who is on the list of an incident and what was seen of each, whatever the order: another list has another mark.
-- Law: art. 12. Reads: incidents_affectedperson. Writes: -. Plan: one pass over the incident's rows. Again: the same mark.
SELECT coalesce(sum(hashtextextended(concat_ws(' ', person_id, line_id, openings, fields), 0)::numeric), 0) AS mark
  FROM incidents_affectedperson
 WHERE incident_id = %(incident)s
