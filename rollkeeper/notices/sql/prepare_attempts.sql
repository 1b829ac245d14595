-- Writes down what is about to be sent, before it is.
-- Law: art. 3. Reads: -. Writes: notices_attempt, notices_notice. A promised day is kept, or extended if a subscriber notified
-- only now has more time.
-- Plan: primary keys, one probe a row. Again: an attempt that was put off gets the present instant; any other, which may be out, stays as it is.
WITH given AS (
    SELECT * FROM unnest(
        %(line_ids)s::uuid[], %(notice_ids)s::uuid[], %(attempt_ids)s::uuid[], %(channels)s::text[],
        %(promised_ons)s::date[], %(pack_hashes)s::text[]
    ) AS g (line_id, notice_id, attempt_id, channel, promised_on, pack_hash)
), made AS (
    INSERT INTO notices_attempt (line_id, attempt_id, notice_id, channel, sent_at)
    SELECT line_id, attempt_id, notice_id, channel, %(now)s FROM given
    ON CONFLICT (line_id, attempt_id) DO UPDATE
        SET sent_at = CASE WHEN notices_attempt.outcome_at IS NULL THEN notices_attempt.sent_at ELSE excluded.sent_at END,
            outcome_at = NULL
        WHERE notices_attempt.outcome = 'waiting'
    RETURNING line_id, notice_id
)
UPDATE notices_notice n
SET channel = g.channel, attempts = least(n.attempts + 1, 30000), promised_on = g.promised_on,
    pack_hash = CASE WHEN g.promised_on > n.promised_on THEN g.pack_hash ELSE n.pack_hash END
FROM given g
WHERE n.line_id = g.line_id AND n.notice_id = g.notice_id
