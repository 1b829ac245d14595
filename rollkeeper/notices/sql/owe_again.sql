-- Owes again what stands as sent though no attempt of it is under way: a bounce that waited while the handing was written down
-- left it so, and nothing tried the next way. What names a day that is past is left: only a first notice names another by then.
-- Law: art. 3 (informed is who was provably reached). Reads: notices_attempt. Writes: notices_notice.
-- Plan: one pass of the notices that are sent, a probe of the attempts a row; once, by a migration. Again: nothing.
UPDATE notices_notice n SET state = 'owed', next_try_at = '1970-01-01 00:00:00+00'
WHERE n.state = 'sent' AND (n.kind = 'register_by' OR n.promised_on IS NULL OR n.promised_on >= current_date) AND NOT EXISTS (
    SELECT FROM notices_attempt a
    WHERE a.line_id = n.line_id AND a.notice_id = n.notice_id AND a.outcome IN ('waiting', 'handed')
)
