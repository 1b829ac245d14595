-- Gives up waiting for proof of attempts that were delivered long ago, so that the next channel is tried.
-- Law: art. 3 (a message without proof notified no one). Reads: notices_attempt. Writes: notices_attempt, notices_notice.
-- Plan: index notices_attempt_open in its order, or all attempts would be read for a LIMIT that is never reached; one probe of
-- notices_notice for each row. After a long interruption each chunk skips what the chunks before gave up. An attempt in progress,
-- or one whose notice is, is left for the next run: this never waits.
-- Again: the next chunk; nothing once they are no longer open.
WITH late AS MATERIALIZED (
    SELECT a.line_id, a.attempt_id FROM notices_attempt a JOIN notices_notice n USING (line_id, notice_id)
    WHERE a.outcome = 'accepted' AND a.sent_at < CASE a.channel WHEN 'post' THEN %(letters_before)s ELSE %(before)s END
      AND a.sent_at < greatest(%(before)s, %(letters_before)s)
    ORDER BY a.sent_at LIMIT %(chunk)s
    FOR UPDATE SKIP LOCKED
), silent AS (
    UPDATE notices_attempt a SET outcome = 'unproven', outcome_at = %(now)s
    FROM late
    WHERE a.line_id = late.line_id AND a.attempt_id = late.attempt_id
    RETURNING a.line_id, a.notice_id
), queued_again AS (
    UPDATE notices_notice n
    SET state = 'queued', next_try_at = '1970-01-01 00:00:00+00'
    FROM (SELECT DISTINCT line_id, notice_id FROM silent) s
    WHERE n.line_id = s.line_id AND n.notice_id = s.notice_id AND n.state = 'sent'
    RETURNING n.line_id
)
SELECT (SELECT count(*) FROM late) AS attempts, (SELECT count(*) FROM queued_again) AS notices
