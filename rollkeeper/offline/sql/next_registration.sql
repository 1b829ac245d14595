-- Returns the oldest offline registration that waits for no approver and was not put off, with its ticket. The caller has the offline worker's lock:
-- one is processed at a time.
-- Law: -. Reads: offline_registration, offline_ticket, access_approval. Writes: -. Plan: offline_registration_pending, one row.
-- Again: the same one. An approval by the submitter does not count, whichever role wrote it.

SELECT c.submission_key, c.ticket_id, c.language, c.sealed, c.received_at, c.tries, c.by_counter, c.needs_approval,
       d.approves AS approved, CASE WHEN d.approves THEN d.staff_id END AS approved_by, c.action_kind, c.submitted_by,
       t.staff_id, t.made_at AS ticket_at
  FROM offline_registration c
  LEFT JOIN offline_ticket t USING (ticket_id)
  LEFT JOIN LATERAL (
       SELECT a.approves, a.staff_id FROM access_approval a
        WHERE a.subject = c.registration_id AND a.permission = 'approve_action'
          AND a.staff_id <> c.submitted_by AND a.staff_id IS DISTINCT FROM t.staff_id
        ORDER BY a.approves LIMIT 1) d ON true
 WHERE c.outcome IS NULL AND coalesce(c.processed_at, c.received_at) <= clock_timestamp() AND (NOT c.needs_approval OR d.approves IS NOT NULL)
 ORDER BY c.received_at, c.submission_key
 LIMIT 1
