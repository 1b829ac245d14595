-- Gives up waiting for proof of attempts that were handed over long ago, so that the next way is tried.
-- Law: art. 3 (a message without proof told nobody). Reads: notices_attempt. Writes: notices_attempt, notices_notice.
-- Plan: index notices_attempt_open, LIMIT. One that is at work is left for the next run.
-- Again: the next chunk; nothing once they are no longer open.
WITH late AS MATERIALIZED (
    SELECT line_id, attempt_id FROM notices_attempt
    WHERE outcome = 'handed' AND sent_at < CASE channel WHEN 'post' THEN %(letters_before)s ELSE %(before)s END
      AND sent_at < greatest(%(before)s, %(letters_before)s)
    LIMIT %(chunk)s
    FOR UPDATE SKIP LOCKED
), silent AS (
    UPDATE notices_attempt a SET outcome = 'unproven', outcome_at = %(now)s
    FROM late
    WHERE a.line_id = late.line_id AND a.attempt_id = late.attempt_id
    RETURNING a.line_id, a.notice_id
), owed_again AS (
    UPDATE notices_notice n
    SET state = 'owed', next_try_at = '1970-01-01 00:00:00+00'
    FROM (SELECT DISTINCT line_id, notice_id FROM silent) s
    WHERE n.line_id = s.line_id AND n.notice_id = s.notice_id AND n.state = 'sent'
    RETURNING n.line_id
)
SELECT (SELECT count(*) FROM late) AS attempts, (SELECT count(*) FROM owed_again) AS notices
