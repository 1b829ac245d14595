-- Takes the oldest unanswered request, for this transaction alone; a requester who gave up waiting has deleted theirs.
-- Law: -. Reads: selfcare_portalrequest. Writes: a row lock. Plan: selfcare_portalrequest_pending, one row. Again: the next one.

SELECT request_id, session_mark, kind, payload, sealed, language, public_key, made_at
  FROM selfcare_portalrequest
 WHERE answered_at IS NULL
 ORDER BY made_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED
