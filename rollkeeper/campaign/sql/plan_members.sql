-- Adds the lines found to the campaign and queues a first notice for each, which promises the day counted from today.
-- Law: art. 3 (inform). Reads: member_clock, law_due (temporary). Writes: campaign_member, notices_notice.
-- Plan: two inserts with one row for each new member.
-- Again: nothing, since plan_clocks.sql finds only lines that are not members, or were released and are concerned again: these begin again.
WITH taken AS (
    INSERT INTO campaign_member (line_id, campaign_id, stage, region, promised_on)
    SELECT line_id, %(campaign_id)s, 'not_notified', region, promised_on FROM member_clock
        ON CONFLICT (line_id, campaign_id) DO UPDATE
       SET stage = 'not_notified', step = 0, reentered_on = %(on)s, anchor_on = NULL, promised_on = excluded.promised_on, notified_by = NULL, out_of_scope_on = NULL, out_of_scope_reason = NULL
     WHERE campaign_member.out_of_scope_reason = 'not_concerned'
 RETURNING line_id
), notice_slice AS (
    SELECT c.line_id, uuidv7() AS notice_id, 'register_by' AS kind, %(campaign_id)s::uuid AS campaign_id, c.language, %(on)s::date AS queued_on,
           greatest(d.last_day_on, c.promised_on) AS promised_on, %(pack_hash)s AS pack_hash
      FROM taken JOIN member_clock c USING (line_id) JOIN law_due d USING (anchor_on, days, pauses)
),
-- include notices.enqueue_many
SELECT count(*) AS lines FROM taken
