-- Closes intended attempts that will not be made: their channel is shut by now, or their notice no longer holds true. Attempts that are
-- put off stay waiting and get an instant: they have not left Rollkeeper. Attempts that a killed process left have none: they may be out.
-- Law: art. 3. Reads: -. Writes: notices_attempt. Plan: primary key, one probe a row. Again: nothing.
UPDATE notices_attempt a
SET outcome = %(outcome)s, outcome_at = %(now)s
FROM unnest(%(line_ids)s::uuid[], %(attempt_ids)s::uuid[]) AS g (line_id, attempt_id)
WHERE a.line_id = g.line_id AND a.attempt_id = g.attempt_id AND a.outcome = 'waiting'
