-- Appends one entry for each subscriber that a file declares.
-- Law: art. 2 (the operator records name, address, document type and number).
-- Reads: -. Writes: ledger_entry. Plan: one insert with one row for each registration; ledger_body in SQL.
-- Again: never alone: it runs in the transaction that makes the tenures.
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
SELECT %(at)s, %(day)s, %(verb)s, line_id, person_id, %(staff_id)s::uuid,
       ledger_body(%(verb)s, %(at)s, %(day)s, %(role)s, %(actor)s, %(pack)s, %(article)s, line_id, commitment,
                   jsonb_strip_nulls(jsonb_build_object('assurance', %(assurance)s::text, 'party_kind', party,
                                                         'bearer', bearer, 'user', line_user)))
  FROM unnest(%(lines)s::uuid[], %(persons)s::uuid[], %(commitments)s::text[], %(parties)s::text[], %(bearers)s::text[], %(users)s::text[])
    AS declared (line_id, person_id, commitment, party, bearer, line_user)
 ORDER BY random()
