-- Returns the submissions that wait for an approver, the oldest first; on request only those under one key, or those by certain accounts.
-- Law: -. Reads: offline_registration, offline_ticket, access_approval. Writes: -. Plan: offline_registration_pending; few rows.
-- Again: those that still wait.

SELECT c.submission_key, c.registration_id, c.action_kind, c.received_at, c.ticket_id, c.submitted_by, t.staff_id
  FROM offline_registration c JOIN offline_ticket t USING (ticket_id)
 WHERE c.outcome IS NULL AND c.needs_approval AND (%(key)s::text IS NULL OR c.submission_key = %(key)s::text)
   AND (%(among)s::uuid[] IS NULL OR ARRAY[c.submitted_by, t.staff_id] <@ %(among)s::uuid[])
   AND NOT EXISTS (SELECT FROM access_approval a WHERE a.subject = c.registration_id AND a.permission = 'approve_action')
 ORDER BY c.received_at, c.submission_key
 LIMIT %(limit)s::integer
