-- Records the gateways' answers; an attempt refused permanently is a bounce and gets a ledger entry.
-- Law: art. 3. Reads: notices_attempt, notices_notice. Writes: notices_attempt, notices_notice, ledger_entry.
-- Plan: primary keys, one probe a row (CASE: the index of claims is full of what this run has settled). Notices are locked first and in
-- one order, as by `record_outcomes`: neither waits for ever.
-- Again: nothing; attempts no longer wait, the claim is gone.
-- A delivery report that came first counts and decides how the notice continues: an earlier bounce sends it to the next channel,
-- and already has its ledger entry.
WITH given AS (
    SELECT * FROM unnest(
        %(line_ids)s::uuid[], %(notice_ids)s::uuid[], %(attempt_ids)s::uuid[], %(outcomes)s::text[],
        %(references)s::text[], %(next_try_ats)s::timestamptz[], %(next_channels)s::text[]
    ) AS g (line_id, notice_id, attempt_id, outcome, gateway_reference, next_try_at, next_channel)
), locked AS MATERIALIZED (
    SELECT n.line_id, n.notice_id FROM notices_notice n JOIN given g ON n.line_id = g.line_id AND n.notice_id = g.notice_id
    ORDER BY n.line_id, n.notice_id FOR UPDATE OF n
), answered AS (
    UPDATE notices_attempt a
    SET outcome = CASE WHEN a.outcome = 'waiting' THEN g.outcome ELSE a.outcome END,
        outcome_at = CASE WHEN a.outcome = 'waiting' THEN %(now)s ELSE a.outcome_at END,
        gateway_reference = g.gateway_reference
    FROM given g
    WHERE a.line_id = g.line_id AND a.attempt_id = g.attempt_id AND (SELECT count(*) FROM locked) >= 0  -- locks first
    RETURNING a.line_id, a.attempt_id, a.notice_id, a.channel, a.outcome, old.outcome = 'waiting' AS is_news,
        CASE WHEN a.outcome = 'failed' AND old.outcome <> 'waiting' THEN %(again_at)s ELSE g.next_try_at END AS next_try_at,
        g.next_channel
), noted AS (
    UPDATE notices_notice n
    SET state = CASE WHEN n.state = 'queued' AND a.outcome = 'accepted' THEN 'sent' ELSE n.state END,
        next_try_at = a.next_try_at, next_channel = a.next_channel, claimed_by = NULL
    FROM answered a
    WHERE n.line_id = a.line_id AND n.notice_id = a.notice_id AND CASE n.claimed_by WHEN %(claim)s THEN true ELSE false END
    RETURNING n.line_id, n.notice_id, n.kind
)
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
SELECT %(now)s, %(on)s, %(bounced)s, a.line_id, NULL, %(staff_id)s::uuid,
    ledger_body(
        %(bounced)s, %(now)s, %(on)s, %(role)s, %(actor)s, NULL, NULL, a.line_id, NULL,
        jsonb_build_object(
            'attempt', a.attempt_id, 'channel', a.channel, 'kind', n.kind, 'notice', a.notice_id,
            'outcome', a.outcome
        )
    )
FROM answered a JOIN noted n ON n.line_id = a.line_id AND n.notice_id = a.notice_id
WHERE a.outcome = 'bounced' AND a.is_news
 ORDER BY random()
