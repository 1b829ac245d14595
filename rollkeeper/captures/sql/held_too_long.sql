-- Gives the captures that broke, or that no second person confirmed, and have been held so long.
-- Law: art. 5 (nothing is kept that no registration rests on). Reads: captures_capture. Writes: -.
-- Plan: a pass over a small table, once an hour. Again: those that are still there.

SELECT submission_key, ticket_id, language, received_at, needs_second AND agreed IS NULL AS nobody_came
  FROM captures_capture
 WHERE (outcome = 'held' OR outcome IS NULL AND needs_second AND agreed IS NULL)
   AND coalesce(carried_at, received_at) < clock_timestamp() - %s
 ORDER BY received_at, submission_key
