-- Writes one ledger entry for each line with a value that is about to be opened.
-- Law: art. 5, 11 (every access is recorded). Reads: -. Writes: ledger_entry.
-- Plan: one insert with one row for each line. Again: records them again, as they are opened again.

INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
SELECT %(at)s, %(day)s, %(verb)s, line_id, %(staff_id)s::uuid,
       ledger_body(%(verb)s, %(at)s, %(day)s, %(role)s, %(actor)s, NULL, NULL, line_id, NULL,
                   jsonb_build_object('field', %(field)s::text, 'purpose', %(purpose)s::text))
FROM unnest(%(lines)s::uuid[]) AS line_id
 ORDER BY random()
