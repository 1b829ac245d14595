-- Counts the letters that were printed in a day, or that are being printed.
-- Law: -. Reads: selfcare_postedcode. Writes: -. Plan: a small table. Again: the same.

SELECT count(*) AS in_day
  FROM selfcare_postedcode
 WHERE ends_at > clock_timestamp() AND processed_at > clock_timestamp() - interval '1 day'
   AND (reference IS NOT NULL OR code_hash IS NOT NULL AND processed_at > clock_timestamp() - interval '10 minutes')
