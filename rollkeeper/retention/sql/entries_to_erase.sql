-- Lists the entries of the ledger to erase with the erasures under way: their secrets are destroyed, then they are reduced.
-- Law: art. 5 (erased means erased). Reads: retention_erasure, lines_tenure, vault_sealed, ledger_entry, ledger_leaf. Writes: -.
-- Plan: ledger_entry_by_line, ledger_entry_by_person and vault_sealed_pkey, a score of entries a line. Again: those that are not reduced yet.
-- For a whole line, all entries are erased except the certificate, which tells a subscriber with a receipt that it was erased. For a past
-- tenure, the entries before its end are erased, and later ones about its people at this line. The act that ends a tenure writes the entry
-- of the next tenure at the very instant of the end, and the entry that the line was given up just after it. An entry without a line is
-- erased with the person, once nothing sealed of them is kept, in whatever part they had.
WITH record AS MATERIALIZED (
    SELECT e.line_id, e.tenure_id, upper(h.held) AS ended_at,
           ARRAY[h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id] AS people
      FROM unnest(%(line_ids)s::uuid[], %(erasure_ids)s::uuid[]) AS chunk (line_id, erasure_id)
      JOIN retention_erasure e USING (line_id, erasure_id)
      LEFT JOIN lines_tenure h ON h.line_id = e.line_id AND h.tenure_id = e.tenure_id
     WHERE e.done_at IS NULL
), closed AS (
    SELECT e.entry_id
      FROM record r JOIN ledger_entry e ON e.line_id = r.line_id
     WHERE r.tenure_id IS NULL
        OR e.at < r.ended_at
        OR (e.verb = %(relinquished)s AND e.at < r.ended_at + interval '1 minute')
        OR (e.person_id = ANY (r.people)
            AND NOT EXISTS (SELECT FROM lines_tenure n
                             WHERE n.line_id = r.line_id AND lower(n.held) >= r.ended_at AND n.erased_on IS NULL
                               AND e.person_id IN (n.person_id, n.user_person_id, n.bearer_person_id, n.guardian_person_id)))
    UNION
    SELECT e.entry_id
      FROM unnest(%(persons)s::uuid[]) AS gone (person_id) JOIN ledger_entry e USING (person_id)
     WHERE e.line_id IS NULL
       AND NOT EXISTS (SELECT FROM lines_tenure n
                        WHERE n.person_id = gone.person_id AND n.erased_on IS NULL AND n.tenure_id <> ALL (%(tenures)s::uuid[]))
       AND NOT EXISTS (SELECT FROM vault_sealed v
                        WHERE v.person_id = gone.person_id AND v.tenure_id <> ALL (%(tenures)s::uuid[]))
)
SELECT c.entry_id
  FROM closed c JOIN ledger_leaf l USING (entry_id) JOIN ledger_entry e USING (entry_id)
 WHERE e.verb <> %(certificate)s
 ORDER BY c.entry_id
