-- Takes in delivery reports: a delivered notice gets its day, a bounced one goes on to the next channel.
-- Law: art. 3 (informed is who was provably reached).
-- Reads: notices_attempt, notices_notice, lines_suspension. Writes: notices_attempt, notices_notice, ledger_entry.
-- Plan: index notices_attempt_by_reference, else notices_attempt_by_gateway; one probe of the primary keys a row. Notices are
-- locked first and in one order, as by `record_submissions`: neither waits for ever.
-- 1,000 reports: 0.1 s (2 cores, 2026-11-24).
-- Again: nothing; the first proof counts, and a later bounce is not believed.
-- The channel of a notice is the last one tried until one brings proof, and then that one. A report for the same line that was
-- barred when the message was sent proves nothing: outcome 'uncounted'. The slip of a letter whose envelope came back proves
-- nothing: it was still inside, and staff opened the returned letter. After a temporary failure (a full mailbox, a busy
-- telephone) the same channel is tried again later, with the same limit as any failure. The day of delivery is the later of the
-- report's and the sending's: a gateway's slow clock shortens no period. A bounce that waits for its submission to be recorded
-- reads the notice as it was before, 'queued'. So the row being changed says whether the notice was sent: PostgreSQL reads again
-- what was committed meanwhile in this row, but in no other table.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        %(attempt_ids)s::uuid[], %(references)s::text[], %(outcomes)s::text[], %(ats)s::timestamptz[]
    ) AS g (attempt_id, reference, outcome, at)
), found AS MATERIALIZED (
    SELECT a.*, g.outcome AS reported, g.at FROM given g
    JOIN notices_attempt a ON a.attempt_id = g.attempt_id
    UNION ALL
    SELECT a.*, g.outcome, g.at FROM given g
    JOIN notices_attempt a ON a.gateway_reference = g.reference
    WHERE g.attempt_id IS NULL
), locked AS MATERIALIZED (
    SELECT n.line_id, n.notice_id FROM notices_notice n
    WHERE (n.line_id, n.notice_id) IN (SELECT f.line_id, f.notice_id FROM found f)
    ORDER BY n.line_id, n.notice_id FOR UPDATE
), judged AS MATERIALIZED (
    SELECT DISTINCT ON (f.line_id, f.attempt_id) f.line_id, f.attempt_id, f.notice_id, f.channel, f.sent_at, f.at,
        CASE WHEN f.reported = 'delivered' AND f.channel IN ('sms', 'voice') AND EXISTS (
            SELECT FROM lines_suspension s
            WHERE s.line_id = f.line_id AND s.begun_at <= f.sent_at AND s.bars & 2 <> 0  -- kernel.choices.Bars.INCOMING
              AND (s.restored_at IS NULL OR s.restored_at > f.sent_at)
        ) THEN 'uncounted' ELSE f.reported END AS outcome
    FROM found f
    ORDER BY f.line_id, f.attempt_id, (f.reported = CASE f.channel WHEN 'post' THEN 'bounced' ELSE 'delivered' END) DESC, f.at
), closed AS (
    UPDATE notices_attempt a
    SET outcome = j.outcome, outcome_at = j.at
    FROM judged j
    WHERE a.line_id = j.line_id AND a.attempt_id = j.attempt_id AND (SELECT count(*) FROM locked) >= 0
      AND a.outcome NOT IN ('delivered', 'uncounted') AND a.outcome <> j.outcome
      AND NOT (a.channel = 'post' AND a.outcome = 'bounced' AND j.outcome = 'delivered')
      AND (j.outcome <> 'failed' OR a.outcome IN ('waiting', 'accepted'))
    RETURNING a.line_id, a.attempt_id, a.notice_id, a.channel, j.outcome,
        (greatest(j.at, a.sent_at) AT TIME ZONE %(zone)s)::date AS day
), by_notice AS MATERIALIZED (
    SELECT line_id, notice_id, min(day) FILTER (WHERE outcome = 'delivered') AS delivered_on,
        (array_agg(channel ORDER BY day) FILTER (WHERE outcome = 'delivered'))[1] AS proven_by,
        bool_and(outcome = 'failed') AS is_passing,
        EXISTS (
            SELECT FROM notices_attempt o
            WHERE o.line_id = closed.line_id AND o.notice_id = closed.notice_id AND o.outcome IN ('waiting', 'accepted')
              AND o.attempt_id NOT IN (SELECT c.attempt_id FROM closed c)
        ) AS goes_on
    FROM closed GROUP BY line_id, notice_id
), notified AS (
    UPDATE notices_notice n
    SET state = CASE WHEN b.delivered_on IS NOT NULL THEN 'delivered' WHEN n.state = 'sent' THEN 'queued' ELSE n.state END,
        delivered_on = b.delivered_on, channel = coalesce(b.proven_by, n.channel),
        next_try_at = CASE WHEN n.state <> 'sent' THEN n.next_try_at
                           WHEN b.is_passing THEN %(again_at)s ELSE '1970-01-01 00:00:00+00' END
    FROM by_notice b
    WHERE n.line_id = b.line_id AND n.notice_id = b.notice_id
      AND n.state <> 'delivered'
      AND (b.delivered_on IS NOT NULL OR n.state IN ('queued', 'sent') AND NOT b.goes_on)
    RETURNING n.line_id
), written AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
    SELECT %(now)s, %(on)s, v.verb, c.line_id, NULL, %(staff_id)s::uuid,
        ledger_body(
            v.verb, %(now)s, %(on)s, %(role)s, %(actor)s, NULL, NULL, c.line_id, NULL,
            jsonb_strip_nulls(jsonb_build_object(
                'attempt', c.attempt_id, 'channel', c.channel, 'kind', n.kind, 'notice', c.notice_id,
                'outcome', c.outcome,
                'delivered_on', CASE c.outcome WHEN 'delivered' THEN to_char(c.day, 'YYYY-MM-DD') END
            ))
        )
    FROM closed c
    JOIN notices_notice n ON n.line_id = c.line_id AND n.notice_id = c.notice_id
    CROSS JOIN LATERAL (
        SELECT CASE c.outcome WHEN 'delivered' THEN %(delivered)s ELSE %(bounced)s END AS verb
    ) v
    ORDER BY random()
    RETURNING 1
)
SELECT (SELECT count(*) FROM judged) AS known,
    (SELECT count(*) FROM closed WHERE outcome = 'delivered') AS delivered,
    (SELECT count(*) FROM closed WHERE outcome = 'bounced') AS bounced,
    (SELECT count(*) FROM closed WHERE outcome = 'failed') AS failed,
    (SELECT count(*) FROM closed WHERE outcome = 'uncounted') AS uncounted
