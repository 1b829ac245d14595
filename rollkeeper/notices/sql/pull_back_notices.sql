-- Makes notices due that wait longer than the longest wait: they were put off while the machine's clock was ahead.
-- Law: art. 3 (informing the subscriber). Reads: -. Writes: notices_notice (next_try_at).
-- Plan: index notices_notice_to_send, from the longest wait on: none. Again: nothing.
-- Each is looked at again before it is sent, and waits again if it is not time yet.

UPDATE notices_notice SET next_try_at = %(now)s
 WHERE state = 'queued' AND claimed_by IS NULL AND next_try_at > %(latest)s
