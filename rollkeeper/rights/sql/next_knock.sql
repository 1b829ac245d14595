-- Takes the oldest knock that nobody has looked at, for this transaction alone.
-- Law: -. Reads: rights_knock. Writes: a row lock. Plan: rights_knock_to_carry, one row. Again: the next one.

SELECT knock_id, number_index, source_mark, language
  FROM rights_knock
 WHERE carried_at IS NULL
 ORDER BY made_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED
