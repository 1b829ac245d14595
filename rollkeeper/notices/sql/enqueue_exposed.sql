-- Enqueues notices of an exposure. To be included: wants `notice_slice` as `enqueue_many` does, and in it `exposed` and `wording_id`.
-- Law: art. 12. Reads: -. Writes: notices_notice. Plan: one insert. Again: the caller's.
enqueued AS (
    INSERT INTO notices_notice (line_id, notice_id, kind, campaign_id, language, queued_on, promised_on, pack_hash, exposed, wording_id)
    SELECT line_id, notice_id, kind, campaign_id, language, queued_on, promised_on, pack_hash, exposed, wording_id FROM notice_slice
)
