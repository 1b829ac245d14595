-- Counts a line's letters whose days run: printed, being printed, waiting for the printer or refused by it; without the letter of one page.
-- Law: -. Reads: selfcare_postedcode. Writes: -. Plan: a small table. Again: the same.

SELECT count(*) AS to_line
  FROM selfcare_postedcode
 WHERE line_id = %(line_id)s AND code_request_id <> %(page)s AND coalesce(ends_at > clock_timestamp(), true)
   AND (reference IS NOT NULL OR code_hash IS NULL OR processed_at > clock_timestamp() - interval '10 minutes')
