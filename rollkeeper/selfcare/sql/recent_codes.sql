-- Counts the codes that went to a line, or are on their way, within an hour and within a day; and those of one source.
-- Codes dated in the future were sent while the machine's clock was ahead, and do not count.
-- Law: -. Reads: selfcare_coderequest. Writes: -. Plan: selfcare_coderequest_by_line, a handful of rows. Again: the same.

SELECT count(*) FILTER (WHERE made_at > clock_timestamp() - interval '1 hour') AS in_hour,
       count(*) AS in_day,
       count(*) FILTER (WHERE source_mark = %(source)s AND made_at > clock_timestamp() - interval '1 hour') AS by_source_in_hour,
       count(*) FILTER (WHERE source_mark = %(source)s) AS by_source_in_day
  FROM selfcare_coderequest
 WHERE line_id = %(line_id)s AND NOT is_kept AND (channel IS NOT NULL OR code_hash IS NOT NULL) AND made_at BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp()
