-- Lists what staff asked for of one kind, the newest first.
-- Law: art. 11 (who acted). Reads: access_staffrequest. Writes: -. Plan: a few hundred rows. Again: the same, or newer ones.

SELECT request_id, staff_id, kind, subject, facts, state, made_at, done_at, result, refusal
  FROM access_staffrequest
 WHERE kind = %(kind)s
 ORDER BY made_at DESC, request_id DESC
 LIMIT %(limit)s
