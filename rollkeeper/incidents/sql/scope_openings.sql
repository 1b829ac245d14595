-- Finds whose cleartext was exposed: every opening and every record taken down, by accounts or by anybody, in a time.
-- Who held a line at that very instant counts, not who holds it now; a line that nobody was registered for stands alone.
-- Law: art. 12 (who must be told is known exactly). Reads: ledger_entry, lines_holding. Writes: incidents_exposed.
-- Plan: with accounts ledger_entry_opened_by_staff for openings, else one pass over ledger_entry; a hash join with the
-- holdings; its time at 10^6 openings is not measured yet.
-- Again: the same people; the caller removes the older list first.
WITH seen AS MATERIALIZED (
    SELECT e.at, e.line_id, e.person_id,
           CASE WHEN e.verb = %(opened)s THEN substring(e.body FROM '"field":"([a-z_]+)"') ELSE 'record' END AS field
      FROM ledger_entry e
     WHERE e.verb = ANY (%(verbs)s)
       AND (NOT %(by_account)s OR e.staff_id = ANY (%(accounts)s::uuid[]))
       AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s)
       AND e.at < %(until)s
), whom AS (
    SELECT coalesce(s.person_id, h.person_id) AS person_id, s.line_id, s.field, s.at
      FROM seen s
      LEFT JOIN lines_holding h ON s.person_id IS NULL AND h.line_id = s.line_id AND h.held @> s.at
)
INSERT INTO incidents_exposed (incident_id, person_id, line_id, fields, first_at, last_at, openings)
SELECT %(incident)s, person_id, line_id, array_agg(DISTINCT field ORDER BY field), min(at), max(at), count(*)
  FROM whom
 WHERE person_id IS NOT NULL OR line_id IS NOT NULL
 GROUP BY person_id, line_id
