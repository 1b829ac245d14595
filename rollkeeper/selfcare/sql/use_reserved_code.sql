-- Uses the oldest code that staff reserved for a line, if it is not too old, and if not too many were used within a day: an attacker who
-- controls a counter could reserve any number.
-- Law: -. Reads: selfcare_reservedcode. Writes: selfcare_reservedcode. Plan: primary key by line, a handful of rows. Again: the next one.

UPDATE selfcare_reservedcode SET used_at = clock_timestamp()
 WHERE line_id = %(line_id)s
   AND (SELECT count(*) FROM selfcare_reservedcode
         WHERE line_id = %(line_id)s AND used_at > clock_timestamp() - interval '1 day') < %(most)s
   AND reserved_id = (SELECT reserved_id FROM selfcare_reservedcode
                   WHERE line_id = %(line_id)s AND used_at IS NULL
                     AND reserved_at BETWEEN clock_timestamp() - make_interval(mins => %(minutes)s) AND clock_timestamp()
                   ORDER BY reserved_id LIMIT 1)
