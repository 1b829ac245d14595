-- Writes down what is about to be sent, before it is.
-- Law: art. 3. Reads: -. Writes: notices_attempt, notices_notice.
-- Plan: primary keys, one probe a row. Again: an attempt that is there already stays as it is.
WITH given AS (
    SELECT * FROM unnest(%(line_ids)s::uuid[], %(notice_ids)s::uuid[], %(attempt_ids)s::uuid[], %(channels)s::text[])
        AS g (line_id, notice_id, attempt_id, channel)
), made AS (
    INSERT INTO notices_attempt (line_id, attempt_id, notice_id, channel, sent_at)
    SELECT line_id, attempt_id, notice_id, channel, %(now)s FROM given
    ON CONFLICT (line_id, attempt_id) DO NOTHING
    RETURNING line_id, notice_id
)
UPDATE notices_notice n
SET channel = g.channel, attempts = least(n.attempts + 1, 30000)
FROM given g
WHERE n.line_id = g.line_id AND n.notice_id = g.notice_id
