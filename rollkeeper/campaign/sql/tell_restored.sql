-- Names a last day to subscribers whose line an undo restored while no last day was known, as under a stay without an end, and whose days
-- are over. Nothing follows before that day.
-- Law: art. 1, 3 (a subscriber who is told that a line works again is told until when). Reads: member_clock, law_due (temporary), campaign_batchline,
-- notices_notice, lines_line, lines_tenure, subscribers_subscriber. Writes: campaign_member, notices_notice.
-- Plan: only clocks that are due for a check; primary keys by line (OFFSET 0).
-- Again: nothing, since the notice is there.
WITH restored AS MATERIALIZED (
    SELECT c.line_id, c.stage, notices_in.language
      FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
      JOIN lines_line l USING (line_id)
-- include lines.notice_language
     WHERE d.last_day_on < %(on)s AND (c.promised_on IS NULL OR c.promised_on < %(on)s) AND NOT l.is_disputed
       AND EXISTS (
           SELECT FROM (SELECT (undone_at AT TIME ZONE %(zone)s)::date AS undone_on FROM campaign_batchline
                         WHERE line_id = c.line_id AND outcome = 'undone' OFFSET 0) b
            WHERE NOT EXISTS (
                SELECT FROM notices_notice n
                 WHERE n.line_id = c.line_id AND n.kind IN ('reminder', 'suspended') AND n.queued_on >= b.undone_on AND n.promised_on > b.undone_on))
), member AS (
    UPDATE campaign_member m SET promised_on = %(last_day)s, next_check_on = %(last_day)s::date + 1
      FROM restored WHERE m.line_id = restored.line_id AND m.campaign_id = %(campaign_id)s
), told AS (
    UPDATE member_clock c SET promised_on = %(last_day)s FROM restored WHERE c.line_id = restored.line_id
), notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, CASE stage WHEN 'running' THEN 'reminder' ELSE 'suspended' END AS kind, %(campaign_id)s::uuid AS campaign_id,
           language, %(on)s::date AS queued_on, %(last_day)s::date AS promised_on, %(pack_hash)s AS pack_hash
      FROM restored
),
-- include notices.enqueue_many
SELECT count(*) AS lines FROM restored
