-- Lists who opened or looked up something about one person, and about lines while they were the person's.
-- Law: art. 5, 11 (a registered subscriber may know who accessed). Accesses for a disclosure request with deferred notification
-- are left out until that day is over.
-- Reads: ledger_entry, ledger_leaf, ledger_deferreddisclosuremark. Writes: nothing.
-- Plan: ledger_entry_by_person and ledger_entry_by_line; 50 accesses among 10^6 entries in 2 ms (2 busy cores, 2026-11-24).
-- Again: the same.

SELECT e.entry_id, e.at, e.day, e.line_id, e.verb, e.body, l.leaf_index, w.until AS withheld_until
  FROM (
        SELECT entry_id FROM ledger_entry WHERE person_id = %(person)s AND verb = ANY (%(verbs)s)
        UNION
        SELECT e.entry_id
          FROM unnest(%(lines)s::uuid[], %(sinces)s::timestamptz[], %(untils)s::timestamptz[])
               AS held (line_id, since, until)
          JOIN ledger_entry AS e ON e.line_id = held.line_id AND e.verb = ANY (%(verbs)s)
                                AND (held.since IS NULL OR e.at >= held.since)
                                AND (held.until IS NULL OR e.at < held.until)
       ) AS found
  JOIN ledger_entry AS e USING (entry_id)
  LEFT JOIN ledger_leaf AS l USING (entry_id)
  LEFT JOIN ledger_deferreddisclosuremark AS w
         ON w.disclosure_id = CASE WHEN e.verb = %(opened)s THEN (e.body::jsonb #>> '{facts,disclosure}')::uuid END
 WHERE w.until IS NULL OR w.until < %(today)s
 ORDER BY e.entry_id
