-- Queues the reminders that the pack requires a number of days before the last day, and postpones the next one.
-- Law: the pack's notices before the deadline; a promised day is never shortened.
-- Reads: member_clock, law_due (temporary), notices_notice. Writes: notices_notice, campaign_member.
-- Plan: primary keys by line, only lines due for a reminder; their notices are looked up line by line (CASE: statistics may not
-- know yet that any clock runs).
-- Again: nothing, since a reminder of that day is queued already.
-- A paused clock sends no reminder: its last day is unknown. If a late nightly run missed the reminder, the line gets the whole
-- period from today: the day in the reminder is the valid one.
WITH clock AS MATERIALIZED (
    SELECT c.*, greatest(d.last_day_on, c.promised_on) AS last_on, c.pauses @> %(on)s::date AS stands_still
      FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
), notified AS MATERIALIZED (
    SELECT c.*, o.promised_on AS newly_promised_on
      FROM clock c
      LEFT JOIN LATERAL (
           SELECT greatest(c.last_on, %(on)s::date + max(b.before) FILTER (WHERE NOT EXISTS (
                      SELECT FROM notices_notice n
                       WHERE n.line_id = c.line_id AND n.campaign_id = %(campaign_id)s AND n.kind = 'reminder'
                         AND n.queued_on BETWEEN c.anchor_on AND c.last_on - b.before))) AS promised_on
             FROM unnest(%(reminders)s::integer[]) AS b (before)
            WHERE NOT c.stands_still AND c.last_on - b.before <= %(on)s
              AND NOT EXISTS (
                  SELECT FROM notices_notice n
                   WHERE n.line_id = c.line_id AND n.campaign_id = %(campaign_id)s AND n.kind = 'reminder'
                     AND n.promised_on >= c.last_on AND n.queued_on >= c.last_on - b.before)
           HAVING count(*) > 0) o ON true
), notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, 'reminder' AS kind, %(campaign_id)s::uuid AS campaign_id, language, %(on)s::date AS queued_on,
           newly_promised_on AS promised_on, %(pack_hash)s AS pack_hash
      FROM notified WHERE newly_promised_on IS NOT NULL
),
-- include notices.enqueue_many
, postponed AS (
    UPDATE campaign_member m
       SET promised_on = greatest(m.promised_on, c.newly_promised_on),
           next_check_on = greatest(m.next_check_on, c.newly_promised_on + 1),
           remind_on = CASE WHEN c.stands_still THEN %(on)s::date + 1
                       ELSE (SELECT min(day) FROM (
                                SELECT greatest(c.last_on, c.newly_promised_on) - before AS day
                                  FROM unnest(%(reminders)s::integer[]) AS b (before)) AS ahead
                              WHERE day > %(on)s::date) END
      FROM notified c
     WHERE m.line_id = c.line_id AND m.campaign_id = %(campaign_id)s
       AND CASE m.stage WHEN 'running' THEN true ELSE false END
)
SELECT count(*) AS lines FROM notified WHERE newly_promised_on IS NOT NULL
