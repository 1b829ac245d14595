-- Gives up waiting for proof of attempts that were handed over long ago, so that the next way is tried.
-- Law: art. 3 (a message without proof told nobody). Reads: notices_attempt. Writes: notices_attempt, notices_notice.
-- Plan: index notices_attempt_open. Again: nothing; they are no longer open.
WITH silent AS (
    UPDATE notices_attempt SET outcome = 'unproven', outcome_at = %(now)s
    WHERE outcome = 'handed' AND sent_at < CASE channel WHEN 'post' THEN %(letters_before)s ELSE %(before)s END
      AND sent_at < greatest(%(before)s, %(letters_before)s)
    RETURNING line_id, notice_id
)
UPDATE notices_notice n
SET state = 'owed', next_try_at = '1970-01-01 00:00:00+00'
FROM (SELECT DISTINCT line_id, notice_id FROM silent) s
WHERE n.line_id = s.line_id AND n.notice_id = s.notice_id AND n.state = 'sent'
