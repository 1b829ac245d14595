-- Takes back members whose line no longer has a registered subscriber, and queues a first notice for each: they are asked again,
-- with a new period. The line was registered to a person who proved that it is not theirs, or was given to a person without a
-- document. A line that another campaign counts stays there.
-- Law: art. 3. Reads: changed_line (temporary), lines_line, lines_tenure, subscribers_subscriber. Writes: campaign_member,
-- notices_notice. Plan: primary keys by line, only lines that changed (OFFSET 0).
-- Again: nothing, since they are no longer among those who left.
WITH back AS (
    UPDATE campaign_member m
       SET stage = 'not_notified', step = 0, reentered_on = %(on)s, anchor_on = NULL, promised_on = NULL, next_check_on = NULL, remind_on = NULL,
           notified_by = NULL, out_of_scope_on = NULL, out_of_scope_reason = NULL
      FROM changed_line s
     CROSS JOIN LATERAL (SELECT is_registered, state, language FROM lines_line WHERE line_id = s.line_id OFFSET 0) l
     CROSS JOIN LATERAL (
           SELECT out_of_scope_reason FROM campaign_member
            WHERE line_id = s.line_id AND campaign_id = %(campaign_id)s OFFSET 0) was
     WHERE s.stage = 'out_of_scope' AND m.line_id = s.line_id AND m.campaign_id = %(campaign_id)s AND m.stage = 'out_of_scope'
       AND was.out_of_scope_reason = 'registered'
       AND NOT l.is_registered AND l.state IN ('active', 'suspended')
       AND NOT EXISTS (SELECT FROM campaign_member o JOIN campaign_campaign c USING (campaign_id)
                        WHERE o.line_id = s.line_id AND o.campaign_id <> %(campaign_id)s AND c.closed_on IS NULL
                          AND o.stage IN ('not_notified', 'running', 'suspended') OFFSET 0)
 RETURNING m.line_id, l.language
), notice_slice AS (
    SELECT l.line_id, uuidv7() AS notice_id, 'register_by' AS kind, %(campaign_id)s::uuid AS campaign_id,
           notices_in.language, %(on)s::date AS queued_on, %(promised_today)s::date AS promised_on,
           %(pack_hash)s AS pack_hash
      FROM back l
-- include lines.notice_language
),
-- include notices.enqueue_many
SELECT count(*) AS lines FROM back
