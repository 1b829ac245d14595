-- Counts the letters that were printed for a line and whose days run, or that are being printed; and those of all lines in a day.
-- Law: -. Reads: selfcare_postedcode. Writes: -. Plan: a small table. Again: the same.

SELECT count(*) FILTER (WHERE line_id = %(line_id)s) AS to_line,
       count(*) FILTER (WHERE processed_at > clock_timestamp() - interval '1 day') AS in_day
  FROM selfcare_postedcode
 WHERE ends_at > clock_timestamp() AND (reference IS NOT NULL OR processed_at > clock_timestamp() - interval '10 minutes')
