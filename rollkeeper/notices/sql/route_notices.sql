-- Leaves claimed notices to the gateways of other channels: each is sent by its own job.
-- Law: -. Reads: -. Writes: notices_notice. Plan: primary key, one probe a row (CASE as in record_submissions.sql).
-- Again: nothing; the claim is gone.
UPDATE notices_notice n SET next_channel = g.channel, claimed_by = NULL
FROM unnest(%(line_ids)s::uuid[], %(notice_ids)s::uuid[], %(channels)s::text[]) AS g (line_id, notice_id, channel)
WHERE n.line_id = g.line_id AND n.notice_id = g.notice_id AND CASE n.claimed_by WHEN %(claim)s THEN true ELSE false END
