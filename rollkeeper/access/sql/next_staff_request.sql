-- Takes the oldest thing that staff asked for on a page and no one has done, for this transaction alone.
-- Law: -. Reads: access_staffrequest. Writes: a row lock. Plan: access_staffrequest_waiting, one row. Again: the next one.

SELECT request_id, staff_id, kind, payload, is_recent, extract(epoch FROM clock_timestamp() - made_at) / 60 AS age_minutes
  FROM access_staffrequest
 WHERE done_at IS NULL
 ORDER BY made_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED
