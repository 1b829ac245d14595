-- Claims notices that are due, so that one process sends them, and gives what is known of their line and attempts.
-- Law: art. 3 (informing the subscriber). Reads: notices_notice, notices_wording, notices_attempt, lines_line. Writes: notices_notice.
-- Plan: index notices_notice_to_send, once for each channel, LIMIT: what another gateway has to send is not read; a probe of lines_line
-- and of notices_attempt a row. 100 rows: 3 ms; opening, writing and the outbox with them 1,900 notices a second in one process
-- (2 cores, 2026-11-24).
-- Again: what is claimed is not claimed twice; a claim of a process that is gone is released before.
WITH due AS (
    SELECT found.line_id, found.notice_id
    FROM unnest(%(channels)s::text[]) AS c (channel) CROSS JOIN LATERAL (
        SELECT line_id, notice_id, next_try_at
        FROM notices_notice
        WHERE state = 'queued' AND next_channel = c.channel AND next_try_at <= %(now)s AND claimed_by IS NULL
        ORDER BY next_try_at
        LIMIT %(chunk)s
        FOR UPDATE SKIP LOCKED
    ) found
    ORDER BY found.next_try_at
    LIMIT %(chunk)s
), claimed AS (
    UPDATE notices_notice n SET claimed_by = %(claim)s
    FROM due d
    WHERE n.line_id = d.line_id AND n.notice_id = d.notice_id
    RETURNING n.line_id, n.notice_id, n.kind, n.campaign_id, n.language, n.promised_on, n.queued_on, n.code, n.attempts, n.exposed, n.about,
        n.for_tenure, n.wording_id
)
SELECT c.*, l.service, l.state, l.is_registered AND NOT l.must_reverify AS is_settled, l.number_sealed, l.contact_sealed, l.contact_kind,
    -- Which of the law's bars is in place: by it the notice says what still works.
    (SELECT max(s.step) FROM lines_suspension s
      WHERE s.line_id = c.line_id AND s.reason = 'registration' AND s.restored_on IS NULL) AS step,
    (SELECT bit_or(s.bars) FROM lines_suspension s WHERE s.line_id = c.line_id AND s.restored_on IS NULL) AS bars,
    CASE WHEN c.kind <> 'case_decided' THEN c.for_tenure IS NULL OR notices_reaches_person(c.line_id, c.for_tenure)
         WHEN c.for_tenure IS NOT NULL THEN notices_is_theirs(c.line_id, c.for_tenure)
         ELSE notices_is_its_users(c.line_id, c.queued_on) END AS is_theirs,
    (SELECT json_object_agg(w.language, w.text) FROM notices_wording w WHERE w.wording_id = c.wording_id) AS wording,
    coalesce(made.attempts, '[]') AS made
FROM claimed c
LEFT JOIN lines_line l ON l.line_id = c.line_id
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_object(
        'id', a.attempt_id, 'channel', a.channel, 'outcome', a.outcome, 'at', a.sent_at,
        'left', a.gateway_reference IS NOT NULL, 'put_off', a.outcome = 'waiting' AND a.outcome_at IS NOT NULL
    )) AS attempts
    FROM notices_attempt a
    WHERE a.line_id = c.line_id AND a.notice_id = c.notice_id
) made ON true
