-- Takes the lines found into the campaign and owes each its first notice, which promises the day counted from today.
-- Law: art. 3 (inform). Reads: campaign_clock, law_due (temporary). Writes: campaign_member, notices_notice.
-- Plan: two inserts of as many rows as there are new members.
-- Again: nothing, since plan_clocks.sql finds only lines that are no members, or were let go and are concerned again: these begin anew.
WITH taken AS (
    INSERT INTO campaign_member (line_id, campaign_id, stage, region)
    SELECT line_id, %(campaign_id)s, 'untold', region FROM campaign_clock
        ON CONFLICT (line_id, campaign_id) DO UPDATE
       SET stage = 'untold', taken_on = %(on)s, anchor_on = NULL, promised_on = NULL, told_by = NULL, left_on = NULL, left_because = NULL
     WHERE campaign_member.left_because = 'not_concerned'
 RETURNING line_id
), notice_slice AS (
    SELECT c.line_id, uuidv7() AS notice_id, 'register_by' AS kind, %(campaign_id)s::uuid AS campaign_id, c.language, %(on)s::date AS owed_on,
           d.last_day_on AS promised_on, %(pack_hash)s AS pack_hash
      FROM taken JOIN campaign_clock c USING (line_id) JOIN law_due d USING (anchor_on, days, pauses)
),
-- include notices.enqueue_many
SELECT count(*) AS lines FROM taken
