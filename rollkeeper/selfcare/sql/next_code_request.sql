-- Takes the oldest unprocessed code request, for this transaction alone.
-- Law: -. Reads: selfcare_coderequest. Writes: a row lock. Plan: selfcare_coderequest_pending, one row. Again: the next one.

SELECT code_request_id, number_index, source_mark, language
  FROM selfcare_coderequest
 WHERE processed_at IS NULL
 ORDER BY made_at
 LIMIT 1
   FOR UPDATE SKIP LOCKED
