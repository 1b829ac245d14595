-- Counts the letters printed since the start of a day, or being printed now.
-- Law: -. Reads: selfcare_postedcode. Writes: -. Plan: a small table. Again: the same.

SELECT count(*) AS in_day
  FROM selfcare_postedcode
 WHERE processed_at >= %(since)s
   AND (reference IS NOT NULL OR code_hash IS NOT NULL AND processed_at > clock_timestamp() - interval '10 minutes')
