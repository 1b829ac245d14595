-- Counts the letters that were printed since a day began, or that are being printed.
-- Law: -. Reads: selfcare_postedcode. Writes: -. Plan: a small table. Again: the same.

SELECT count(*) AS in_day
  FROM selfcare_postedcode
 WHERE processed_at >= %(since)s
   AND (reference IS NOT NULL OR code_hash IS NOT NULL AND processed_at > clock_timestamp() - interval '10 minutes')
