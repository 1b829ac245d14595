-- Takes the oldest letters that are unprocessed, whose printing was interrupted, or that the printer did not take an hour ago, for this
-- transaction alone: each try opens the address, and the person concerned sees it.
-- Law: -. Reads: selfcare_postedcode. Writes: row locks. Plan: a small table. Again: the next ones.

SELECT code_request_id, number_index, language
  FROM selfcare_postedcode
 WHERE processed_at IS NULL
    OR (code_hash IS NOT NULL AND reference IS NULL AND processed_at < clock_timestamp() - interval '10 minutes')
    OR (line_id IS NOT NULL AND ends_at IS NULL AND processed_at < clock_timestamp() - interval '1 hour')
 ORDER BY made_at
 LIMIT %(most)s
   FOR UPDATE SKIP LOCKED
