-- Whether a line is barred as the law that is planned now would not have barred it: before the subscriber's last day (the law was postponed
-- or gives more time), or from other services than the line's stage bars. Otherwise the next stage could end the contract of a subscriber
-- who was never without service. To be included: wants campaign_member as m, %(stage_bars)s.
-- Law: art. 3 (registration is due by a day; the stages come after it). A pause or a closed day only makes that day later.
-- Reads: lines_suspension, campaign_batchline. Writes: -. Plan: primary keys by line, only suspended members (OFFSET 0). Again: the same.
(m.stage = 'suspended' AND (EXISTS (
    SELECT FROM lines_suspension s JOIN campaign_batchline b ON b.line_id = s.line_id AND b.batch_id = s.batch_id
     CROSS JOIN LATERAL (SELECT 0 AS step, greatest((b.former ->> 'anchor_on')::date, %(begins_on)s::date) AS anchor_on) AS clock
     CROSS JOIN LATERAL (
-- include law.stage_days
     ) AS length
     WHERE s.line_id = m.line_id AND s.reason = 'registration' AND s.step = 1 AND s.restored_on IS NULL
       AND s.begun_on <= clock.anchor_on + length.days OFFSET 0) OR EXISTS (
    SELECT FROM lines_suspension s
     WHERE s.line_id = m.line_id AND s.reason = 'registration' AND s.step = m.step AND s.restored_on IS NULL
       AND s.bars IS DISTINCT FROM (%(stage_bars)s::smallint[])[s.step] OFFSET 0)))
