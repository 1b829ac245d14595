-- Counts the letters that were asked for some hours ago and are not printed: for want of room in the days since, or of a printer.
-- Law: -. Reads: selfcare_postedcode. Writes: -. Plan: a small table. Again: the same.

SELECT count(*) AS letters
  FROM selfcare_postedcode
 WHERE made_at < clock_timestamp() - make_interval(hours => %(hours)s)
   AND (processed_at IS NULL OR (line_id IS NOT NULL AND ends_at IS NULL))
