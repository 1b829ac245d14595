-- Enqueues many notices. To be included: wants
-- `notice_slice (line_id, notice_id, kind, campaign_id, language, queued_on, promised_on, pack_hash)`.
-- Law: art. 3 (inform). Reads: -. Writes: notices_notice. Plan: one insert. Again: the caller's.
enqueued AS (
    INSERT INTO notices_notice (line_id, notice_id, kind, campaign_id, language, queued_on, promised_on, pack_hash)
    SELECT line_id, notice_id, kind, campaign_id, language, queued_on, promised_on, pack_hash FROM notice_slice
)
