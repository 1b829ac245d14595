-- Takes the application whose document was seen longest ago, for this transaction alone.
-- Law: -. Reads: rights_application. Writes: a row lock. Plan: rights_application_seen, one row. Again: the next one.

SELECT line_id, application_id, sealed, seen_by, seen_at, seen_key, seen_language
  FROM rights_application
 WHERE state = 'seen'
 ORDER BY seen_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED
