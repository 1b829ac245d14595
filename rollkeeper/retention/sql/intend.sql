-- Records the intent to erase these records, each with its ground, and certifies each in the ledger.
-- Law: art. 5. Reads: retention_due (temporary). Writes: retention_erasure, ledger_entry.
-- Plan: one row for each row of the chunk.
-- Again: find_terminated.sql and find_past_tenures.sql leave out what is intended already.
WITH intent AS (
    INSERT INTO retention_erasure (line_id, erasure_id, tenure_id, ground, article, last_day_kept, begun_at)
    SELECT d.line_id, uuidv7(), d.tenure_id, d.ground, %(article)s, k.kept_until, %(at)s
      FROM retention_due d
      JOIN unnest(%(ended)s::date[], %(kept)s::date[]) AS k (terminated_on, kept_until) USING (terminated_on)
 RETURNING line_id, erasure_id, tenure_id, ground, last_day_kept
), said AS MATERIALIZED (
    -- The bodies of the entries are nearly the same: each is made once, for any line and any erasure, and then completed for each entry.
    SELECT ground, tenure_id, last_day_kept,
           ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, ledger_any_line(), NULL,
                       jsonb_strip_nulls(jsonb_build_object('erasure', ledger_any_line(), 'ground', ground,
                           'tenure', tenure_id, 'last_day_kept', last_day_kept))) AS body
      FROM (SELECT DISTINCT ground, tenure_id, last_day_kept FROM intent)
)
INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s,
       replace(ledger_body_for(body, line_id), '"erasure":"' || ledger_any_line() || '"', '"erasure":"' || erasure_id || '"')
  FROM intent i JOIN said s
    ON s.ground = i.ground AND s.last_day_kept = i.last_day_kept
   AND coalesce(s.tenure_id, ledger_any_line()) = coalesce(i.tenure_id, ledger_any_line())
 ORDER BY random()
