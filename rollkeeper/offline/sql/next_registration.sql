-- Gives the offline registration that waits longest and for nobody, with its ticket. Whoever asks holds the offline worker's lock: one is carried at a time.
-- Law: -. Reads: offline_registration, offline_ticket. Writes: -. Plan: offline_registration_pending, one row. Again: the same one.

SELECT c.submission_key, c.ticket_id, c.language, c.sealed, c.received_at, c.tries, c.by_counter, c.needs_approval,
       c.approved_by, c.approved, c.action_kind, t.staff_id, t.made_at AS ticket_at
  FROM offline_registration c
  LEFT JOIN offline_ticket t USING (ticket_id)
 WHERE c.outcome IS NULL AND (NOT c.needs_approval OR c.approved IS NOT NULL)
 ORDER BY c.received_at, c.submission_key
 LIMIT 1
