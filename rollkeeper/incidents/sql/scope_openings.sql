-- Finds whose cleartext was exposed: every opening and every record taken down, by accounts or by anybody, in a time.
-- Who held a line at that very instant counts, not who holds it now; a line that nobody was registered for stands alone.
-- Law: art. 12 (who must be told is known exactly). Reads: ledger_entry, lines_holding. Writes: incidents_exposed.
-- Plan: with accounts ledger_entry_opened_by_staff for openings, with a time ledger_entry_by_time, else one pass over ledger_entry. What names a person needs no
-- holding; the field is cut out of the body and not matched, which took eight times as long. Fields are bits of a number, so
-- that one grouping by hash does, in memory; their names are written once for each number that comes up.
-- Again: the same people; the caller removes the older list first.
WITH seen AS MATERIALIZED (
    SELECT e.at, e.line_id, e.person_id,
           CASE WHEN e.verb = %(opened)s THEN split_part(split_part(e.body, '"field":"', 2), '"', 1) ELSE 'record' END AS field
      FROM ledger_entry e
     WHERE e.verb = ANY (%(verbs)s)
       AND (NOT %(by_account)s OR e.staff_id = ANY (%(accounts)s::uuid[]))
       AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s)
       AND e.at < %(until)s
), whom AS (
    SELECT s.person_id, s.line_id, s.field, s.at FROM seen s WHERE s.person_id IS NOT NULL
    UNION ALL
    SELECT h.person_id, s.line_id, s.field, s.at
      FROM seen s
      LEFT JOIN lines_holding h ON h.line_id = s.line_id AND h.held @> s.at
     WHERE s.person_id IS NULL AND s.line_id IS NOT NULL
), exposed AS MATERIALIZED (
    SELECT person_id, line_id, bit_or(1 << coalesce(array_position(%(fields)s::text[], field), 0)) AS bits,
           min(at) AS first_at, max(at) AS last_at, count(*) AS openings
      FROM whom GROUP BY person_id, line_id
), named AS MATERIALIZED (
    SELECT bits, ARRAY(SELECT name FROM unnest(%(other)s::text || %(fields)s::text[]) WITH ORDINALITY AS n (name, nth)
                        WHERE bits >> (nth::int - 1) & 1 = 1 ORDER BY name) AS fields
      FROM (SELECT DISTINCT bits FROM exposed) AS seen_together
)
INSERT INTO incidents_exposed (incident_id, nth, person_id, line_id, fields, first_at, last_at, openings)
SELECT %(incident)s, row_number() OVER (), person_id, line_id, fields, first_at, last_at, openings
  FROM exposed JOIN named USING (bits)
