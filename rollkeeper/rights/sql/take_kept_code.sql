-- Uses the code that staff keep for a line, the oldest first, where one is left that is not too old.
-- Law: -. Reads: rights_keptcode. Writes: rights_keptcode. Plan: primary key by line, a handful of rows. Again: the next one.

UPDATE rights_keptcode SET used_at = clock_timestamp()
 WHERE line_id = %(line_id)s
   AND kept_id = (SELECT kept_id FROM rights_keptcode
                   WHERE line_id = %(line_id)s AND used_at IS NULL
                     AND kept_at > clock_timestamp() - make_interval(mins => %(minutes)s)
                   ORDER BY kept_id LIMIT 1)
