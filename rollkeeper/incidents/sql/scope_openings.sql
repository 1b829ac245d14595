-- Finds people whose cleartext was exposed: every opening and every registration, by given accounts or by all, in a period. The
-- subscriber at that very instant counts, not the present one; a line without a registered subscriber is a separate row.
-- Law: art. 12 (who must be notified is known exactly). Reads: ledger_entry, lines_tenure. Writes: incident_access (temporary).
-- Plan: with accounts ledger_entry_opened_by_staff for openings, with a period ledger_entry_by_time, else a pass over
-- ledger_entry; in parallel, which PostgreSQL does for CREATE TABLE AS alone. Entries that name a person need no tenure. The field is cut
-- out of the body: to match a pattern took eight times as long. Fields are bits of a number, so that one grouping by hash is enough.
-- One row for each person, so that later counts need not sort a million references; `line_id` is then any one of the person's lines.
-- Again: rebuilds it.
CREATE TEMPORARY TABLE incident_access ON COMMIT DROP AS
SELECT person_id, any_value(line_id) AS line_id, bit_or(1 << coalesce(array_position(%(fields)s::text[], field), 0)) AS bits,
       min(at) AS first_at, max(at) AS last_at, count(*) AS openings
  FROM (
        SELECT e.person_id, e.line_id, e.at,
               CASE WHEN e.verb = %(opened)s THEN split_part(split_part(e.body, '"field":"', 2), '"', 1) ELSE 'record' END AS field
          FROM ledger_entry e
         WHERE e.person_id IS NOT NULL AND e.verb = ANY (%(verbs)s)
           AND (NOT %(by_account)s OR e.staff_id = ANY (%(accounts)s::uuid[]))
           AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s) AND e.at < %(until)s
        UNION ALL
        SELECT h.person_id, e.line_id, e.at,
               CASE WHEN e.verb = %(opened)s THEN split_part(split_part(e.body, '"field":"', 2), '"', 1) ELSE 'record' END
          FROM ledger_entry e LEFT JOIN lines_tenure h ON h.line_id = e.line_id AND h.held @> e.at
         WHERE e.person_id IS NULL AND e.line_id IS NOT NULL AND e.verb = ANY (%(verbs)s)
           AND (NOT %(by_account)s OR e.staff_id = ANY (%(accounts)s::uuid[]))
           AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s) AND e.at < %(until)s
       ) AS seen
 GROUP BY person_id, CASE WHEN person_id IS NULL THEN line_id END
