-- Counts the letters requested more than some hours ago and not printed, because there was no room since then, or no printer.
-- Law: -. Reads: selfcare_postedcode. Writes: -. Plan: a small table. Again: the same.

SELECT count(*) AS letters
  FROM selfcare_postedcode
 WHERE made_at < clock_timestamp() - make_interval(hours => %(hours)s)
   AND (processed_at IS NULL OR (line_id IS NOT NULL AND ends_at IS NULL))
