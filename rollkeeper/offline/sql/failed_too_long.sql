-- Gives the offline registrations that broke, or that no approver confirmed, and have been held so long.
-- Law: art. 5 (nothing is kept that no registration rests on). Reads: offline_registration. Writes: -.
-- Plan: a pass over a small table, once an hour. Again: those that are still there.

SELECT submission_key, ticket_id, language, received_at, needs_approval AND approved IS NULL AS unapproved
  FROM offline_registration
 WHERE (outcome = 'failed' OR outcome IS NULL AND needs_approval AND approved IS NULL)
   AND coalesce(processed_at, received_at) < clock_timestamp() - %s
 ORDER BY received_at, submission_key
