-- Settles claimed notices that are not sent now: withdrawn, without any way left, or waiting for a time of day.
-- Law: art. 3. Reads: -. Writes: notices_notice. Plan: primary key, one probe a row. Again: nothing; the claim is gone.
UPDATE notices_notice n
SET state = g.state, next_try_at = g.next_try_at, claimed_by = NULL
FROM unnest(%(line_ids)s::uuid[], %(notice_ids)s::uuid[], %(states)s::text[], %(next_try_ats)s::timestamptz[])
    AS g (line_id, notice_id, state, next_try_at)
WHERE n.line_id = g.line_id AND n.notice_id = g.notice_id AND n.claimed_by = %(claim)s
