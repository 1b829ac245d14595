-- Returns a line to its state before the suspension, if a receipt ended the suspension and the dispute is then lost: the suspension
-- is void, its days are a pause, and nothing follows before the end of the remaining days, of which the subscriber is notified.
-- The same if the suspension ended because the subscriber was accepted for a time without a document (the remaining days begin after
-- that time), or because a device depended on the line, and no longer does.
-- Law: art. 3; a promised day is never shortened. Reads: lines_line, lines_suspension, campaign_batchline, campaign_stay,
-- lines_tenure, lines_pause, subscribers_subscriber. Writes: campaign_member, lines_pause, notices_notice.
-- Plan: primary keys by line, only the lines given. Again: nothing, since the member is no longer 'suspended'.
--
-- The promised day is an open day, as any last day is. The days of the suspension are used up only while its clock ran: the days of a
-- dispute do not count, however long it takes. If a hardship that existed at the suspension was reported only later, no days remain to
-- be given: the clock that led to the suspension goes on, with the hardship as a pause.
WITH counted AS MATERIALIZED (
    SELECT m.line_id, m.campaign_id, s.restored_on, b.former,
           -- All steps of the suspension are void, from the first on.
           (SELECT min(f.begun_on) FROM lines_suspension f
             WHERE f.line_id = m.line_id AND f.reason = 'registration' AND f.restored_at = s.restored_at) AS begun_on,
           greatest(%(on)s::date, (SELECT max(upper(days)) - 1 FROM lines_pause a
                                    WHERE a.line_id = m.line_id AND a.reason <> 'other'))
           + CASE WHEN s.was_wrongful AND EXISTS (
                 SELECT FROM lines_pause a
                  WHERE a.line_id = m.line_id AND lower(a.days) <= s.begun_on AND NOT upper_inf(a.days) AND a.recorded_at >= s.begun_at
                    AND a.reason NOT IN ('other', 'dispute', 'appeal', 'no_document', 'application', 'temporary_reconnection', 'not_barred'))
             THEN 0 ELSE greatest(1, coalesce(length.days, 1) - (
               SELECT count(*) FROM generate_series(s.begun_on + 1, s.restored_on, interval '1 day') AS d (day)
                WHERE NOT EXISTS (SELECT FROM lines_pause a WHERE a.line_id = m.line_id AND a.days @> d.day::date)
                  AND NOT EXISTS (SELECT FROM campaign_stay s JOIN campaign_campaign c ON c.campaign_id = m.campaign_id
                                   WHERE s.days @> d.day::date AND
-- include campaign.pauses_campaign
                                 ))::integer) END AS last_day_on,
           notices_in.language AS notice_language
      FROM campaign_member m
      JOIN lines_line l USING (line_id)
      JOIN LATERAL (SELECT begun_on, begun_at, restored_on, restored_at, was_wrongful FROM lines_suspension
                     WHERE line_id = m.line_id AND reason = 'registration' ORDER BY begun_at DESC, step DESC LIMIT 1) s
        ON s.restored_on IS NOT NULL
     CROSS JOIN LATERAL (SELECT m.step, s.begun_on AS anchor_on) AS clock
     CROSS JOIN LATERAL (
-- include law.stage_days
      ) AS length
      LEFT JOIN LATERAL (SELECT b.former FROM campaign_batchline b
                          WHERE b.line_id = m.line_id AND b.former ->> 'stage' = 'running' ORDER BY b.done_at DESC LIMIT 1) b ON true
-- include lines.notice_language
     WHERE m.line_id = ANY (%(line_ids)s) AND m.campaign_id = %(campaign_id)s AND m.stage = 'suspended'
       AND l.is_registered = %(asks_again)s AND l.must_reverify = %(asks_again)s AND NOT l.is_disputed AND NOT l.is_essential AND l.state IN ('active', 'suspended')
), lost AS MATERIALIZED (
    SELECT line_id, campaign_id, begun_on, restored_on, former, notice_language,
           coalesce((SELECT min(a.day) FROM unnest(%(open_days)s::date[]) AS a (day) WHERE a.day >= counted.last_day_on),
                    counted.last_day_on) AS last_day_on
      FROM counted
), pause_slice AS (
    SELECT line_id, daterange(least(begun_on, restored_on), greatest(begun_on, restored_on), '[]') AS days, 'other' AS reason,
           %(at)s::timestamptz AS at
      FROM lost
),
-- include lines.pause_many
, notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, 'reminder' AS kind, campaign_id, notice_language AS language, %(on)s::date AS queued_on,
           last_day_on AS promised_on, %(pack_hash)s AS pack_hash
      FROM lost
),
-- include notices.enqueue_many

UPDATE campaign_member m
   SET stage = 'running', step = 0, anchor_on = greatest(coalesce((lost.former ->> 'anchor_on')::date, m.anchor_on), %(begins_on)s::date),
       promised_on = lost.last_day_on, next_check_on = lost.last_day_on + 1,
       remind_on = lost.last_day_on - %(lead_days)s::integer
  FROM lost WHERE m.line_id = lost.line_id AND m.campaign_id = lost.campaign_id
