-- Lists who opened something sealed about one person, or about lines that the person held.
-- Law: art. 5, 11 (whoever is registered may know who looked).
-- Reads: ledger_entry, ledger_leaf. Writes: nothing.
-- Plan: ledger_entry_by_person and ledger_entry_by_line; 50 looks among 10^6 entries in 2 ms (2 busy cores, 2026-11-24).
-- Again: the same.

SELECT e.entry_id, e.at, e.day, e.line_id, e.body, l.leaf_index
  FROM (
        SELECT entry_id FROM ledger_entry WHERE person_id = %(person)s AND verb = %(verb)s
        UNION
        SELECT entry_id FROM ledger_entry WHERE line_id = ANY (%(lines)s::uuid[]) AND verb = %(verb)s
       ) AS found
  JOIN ledger_entry AS e USING (entry_id)
  LEFT JOIN ledger_leaf AS l USING (entry_id)
 ORDER BY e.entry_id
