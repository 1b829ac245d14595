-- Finds the newest request of one kind that staff made on a page, about one subject or about none.
-- Law: -. Reads: access_staffrequest. Writes: -. Plan: a few hundred rows. Again: the same, or a newer one.

SELECT request_id, staff_id, kind, subject, facts, state, made_at, done_at, result, refusal
  FROM access_staffrequest
 WHERE kind = %(kind)s AND subject IS NOT DISTINCT FROM %(subject)s AND (done_at IS NULL OR NOT %(is_open)s)
 ORDER BY made_at DESC, request_id DESC
 LIMIT 1
