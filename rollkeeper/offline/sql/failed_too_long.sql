-- Returns the offline registrations that failed, or that no approver confirmed, and that have been held for a given time.
-- Law: art. 5 (nothing is kept that no registration rests on). Reads: offline_registration, access_approval. Writes: -.
-- Plan: a pass over a small table, once an hour. Again: those that are still there.

SELECT c.submission_key, c.ticket_id, c.language, c.received_at, c.needs_approval AND NOT d.is_decided AS unapproved
  FROM offline_registration c,
       LATERAL (SELECT EXISTS (SELECT FROM access_approval a
                                WHERE a.subject = c.registration_id AND a.permission = 'approve_action') AS is_decided) d
 WHERE (c.outcome = 'failed' OR c.outcome IS NULL AND c.needs_approval AND NOT d.is_decided)
   AND coalesce(c.processed_at, c.received_at) < clock_timestamp() - %s
 ORDER BY c.received_at, c.submission_key
