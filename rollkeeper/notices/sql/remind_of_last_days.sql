-- Queues reminders of the last day of registrations: some days before it, and once more when it is over.
-- Law: the pack's last day. Reads: lines_tenure, lines_line, notices_notice. Writes: notices_notice.
-- Plan: lines_tenure_with_a_last_day, days up to the reminder's; notices line by line. Again: nothing, since each was queued.
WITH due AS MATERIALIZED (
    SELECT h.line_id, h.good_through, l.language
      FROM lines_tenure h JOIN lines_line l USING (line_id)
     WHERE h.good_through <= %(on)s::date + %(ahead)s::integer AND upper(h.held) IS NULL AND l.is_registered AND l.state IN ('active', 'suspended')
       AND NOT EXISTS (SELECT FROM notices_notice n
                        WHERE n.line_id = h.line_id AND n.kind = 'good_through' AND n.promised_on = h.good_through
                          AND (n.queued_on > n.promised_on) = (%(on)s::date > h.good_through))
     ORDER BY h.good_through, h.line_id LIMIT %(limit)s
), notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, 'good_through' AS kind, NULL::uuid AS campaign_id, coalesce(language, 'mul') AS language,
           %(on)s::date AS queued_on, good_through AS promised_on, %(pack_hash)s AS pack_hash
      FROM due
),
-- include notices.enqueue_many
SELECT count(*) AS lines FROM due
