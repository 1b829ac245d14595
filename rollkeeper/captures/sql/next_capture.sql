-- Gives the capture that waits longest and for nobody, with its ticket. Whoever asks holds the carrier's lock: one is carried at a time.
-- Law: -. Reads: captures_capture, captures_ticket. Writes: -. Plan: captures_capture_to_carry, one row. Again: the same one.

SELECT c.submission_key, c.ticket_id, c.language, c.sealed, c.received_at, c.tries, c.by_counter, c.needs_second,
       c.seconded_by, c.agreed, c.deed, t.staff_id, t.made_at AS ticket_at
  FROM captures_capture c
  LEFT JOIN captures_ticket t USING (ticket_id)
 WHERE c.outcome IS NULL AND (NOT c.needs_second OR c.agreed IS NOT NULL)
 ORDER BY c.received_at, c.submission_key
 LIMIT 1
