-- Appends one ledger entry for each action of an act over many lines, in the act's transaction.
-- Law: art. 2, 11. Reads: -. Writes: ledger_entry (bodies by ledger_body). Plan: one insert.
-- Again: further entries; the receipts prevent that an act is done twice. Returns only the entries' numbers, in the order of the actions:
-- an app reads nothing else of an entry.
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
SELECT %(at)s::timestamptz, %(day)s::date, verb, line_id, person_id, %(staff_id)s::uuid,
       ledger_body(verb, %(at)s, %(day)s, %(role)s, %(actor)s, %(pack)s, %(article)s, line_id, commitment, facts::jsonb)
  FROM unnest(%(verbs)s::text[], %(line_ids)s::uuid[], %(person_ids)s::uuid[], %(commitments)s::text[],
              %(facts)s::text[]) WITH ORDINALITY AS done (verb, line_id, person_id, commitment, facts, nth)
 ORDER BY nth
RETURNING entry_id
