-- Takes the application whose document was seen first and that is not busy, for this transaction alone.
-- Law: -. Reads: selfcare_application. Writes: a row lock. Plan: selfcare_application_checked, one row. Again: the next one.

SELECT line_id, application_id, sealed, checked_by, checked_at, check_key, check_language
  FROM selfcare_application
 WHERE state = 'checked' AND application_id <> ALL (%(busy)s::uuid[])
 ORDER BY checked_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED
