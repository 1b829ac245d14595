-- Settles claimed notices that are not sent now: withdrawn, without any channel left, or waiting for a time of day.
-- Law: art. 3. Reads: -. Writes: notices_notice. Plan: primary key, one probe a row (CASE as in record_submissions.sql).
-- Again: nothing; the claim is gone. A proof that came since the claim counts, and only the claim is released.
UPDATE notices_notice n
SET state = CASE WHEN n.state = 'queued' THEN g.state ELSE n.state END,
    next_try_at = CASE WHEN n.state = 'queued' THEN g.next_try_at ELSE n.next_try_at END, claimed_by = NULL
FROM unnest(%(line_ids)s::uuid[], %(notice_ids)s::uuid[], %(states)s::text[], %(next_try_ats)s::timestamptz[])
    AS g (line_id, notice_id, state, next_try_at)
WHERE n.line_id = g.line_id AND n.notice_id = g.notice_id AND CASE n.claimed_by WHEN %(claim)s THEN true ELSE false END
