-- Lists the approved requests of staff that a worker has not done yet, the oldest first.
-- Law: -. Reads: access_staffrequest. Writes: -. Plan: access_staffrequest_waiting. Again: the same, or fewer.

SELECT request_id, staff_id, kind, subject, facts, state, made_at, done_at, result, refusal
  FROM access_staffrequest
 WHERE done_at IS NULL AND state = 'approved'
 ORDER BY made_at, request_id
