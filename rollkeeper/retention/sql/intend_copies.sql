-- Records the intent to erase the copies of these records, and certifies each in the ledger.
-- Law: art. 5. Reads: retention_due (temporary), lines_tenure. Writes: retention_erasure, ledger_entry.
-- Plan: one row for each row of the chunk; lines_tenure_pkey by line.
-- Again: next_copies.sql leaves out what is intended already.
WITH intent AS (
    INSERT INTO retention_erasure (line_id, erasure_id, tenure_id, ground, article, last_day_kept, begun_at)
    SELECT d.line_id, uuidv7(), d.tenure_id, d.ground, %(article)s, k.kept_until, %(at)s
      FROM retention_due d
      JOIN unnest(%(anchors)s::date[], %(kept)s::date[]) AS k (anchor_on, kept_until) ON k.anchor_on = d.terminated_on
 RETURNING line_id, erasure_id, tenure_id, last_day_kept
)
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
SELECT %(at)s, %(on)s, %(verb)s, i.line_id, h.person_id, %(staff_id)s,
       ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, i.line_id, h.commitment,
                   jsonb_build_object('erasure', i.erasure_id, 'last_day_kept', i.last_day_kept, 'tenure', i.tenure_id))
  FROM intent i JOIN lines_tenure h ON h.line_id = i.line_id AND h.tenure_id = i.tenure_id
 ORDER BY random()
