-- Takes the oldest ask that is not answered, for this transaction alone; whoever gave up waiting has deleted theirs.
-- Law: -. Reads: rights_ask. Writes: a row lock. Plan: rights_ask_to_carry, one row. Again: the next one.

SELECT ask_id, ask_mark, kind, asked, sealed, language, public_key, made_at
  FROM rights_ask
 WHERE answered_at IS NULL
 ORDER BY made_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED
