-- Closes intentions that will not be carried out: their channel is shut by now, or their notice no longer holds true. Those that are
-- put off go on waiting, and have an instant: nothing of them has left Rollkeeper, unlike of those that a killed process left.
-- Law: art. 3. Reads: -. Writes: notices_attempt. Plan: primary key, one probe a row. Again: nothing.
UPDATE notices_attempt a
SET outcome = %(outcome)s, outcome_at = %(now)s
FROM unnest(%(line_ids)s::uuid[], %(attempt_ids)s::uuid[]) AS g (line_id, attempt_id)
WHERE a.line_id = g.line_id AND a.attempt_id = g.attempt_id AND a.outcome = 'waiting'
