-- Finds for every person affected one line on which they can be notified today, and their language. Active lines come first, then lines
-- registered with a document, then the oldest; lines that they contest are left out. A new subscriber of a line who was not affected is
-- not notified. An affected line without a registered subscriber is notified itself.
-- Law: art. 12. Reads: incidents_affectedperson, lines_tenure, lines_line, subscribers_subscriber. Writes: incident_draft (temporary).
-- Plan: one pass over the tenures, each with its people, joined by hash; with a condition that a person is one of a tenure's three,
-- PostgreSQL compared every person with every tenure. Again: rebuilds it.
CREATE TEMPORARY TABLE incident_draft ON COMMIT DROP AS
WITH person AS (
    SELECT person_id, fields FROM incidents_affectedperson WHERE incident_id = %(incident)s AND person_id IS NOT NULL
), reach AS (
    SELECT DISTINCT ON (p.person_id) p.person_id, h.line_id
      FROM lines_tenure h
     CROSS JOIN LATERAL (VALUES (h.person_id), (h.user_person_id), (h.guardian_person_id)) AS party (person_id)
      JOIN person p ON p.person_id = party.person_id
      JOIN lines_line l ON l.line_id = h.line_id AND l.erased_on IS NULL
     WHERE upper_inf(h.held) AND h.erased_on IS NULL AND h.contested_on IS NULL
     ORDER BY p.person_id, l.state <> 'active', h.assurance = 'declared', lower(h.held), h.line_id
)
SELECT p.person_id, r.line_id, coalesce(s.language, %(language)s) AS language, p.fields
  FROM person p LEFT JOIN reach r USING (person_id) LEFT JOIN subscribers_subscriber s USING (person_id)
UNION ALL
SELECT NULL, l.line_id, coalesce(l.language, %(language)s), x.fields
  FROM (SELECT line_id, fields FROM incidents_affectedperson WHERE incident_id = %(incident)s AND person_id IS NULL) x
  LEFT JOIN lines_line l ON l.line_id = x.line_id AND l.erased_on IS NULL
