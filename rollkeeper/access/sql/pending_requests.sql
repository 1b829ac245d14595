-- Lists the requests of one kind that wait for a second person, the oldest first.
-- Law: -. Reads: access_staffrequest. Writes: -. Plan: a few hundred rows. Again: the same.

SELECT request_id, staff_id, kind, subject, facts, state, made_at, done_at, result, refusal
  FROM access_staffrequest
 WHERE kind = %(kind)s AND state = 'pending'
 ORDER BY made_at, request_id
