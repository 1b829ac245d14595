-- Whether a line was barred before the last day that the law, as it is planned now, gives its subscriber: it was put off, or gives more time. To
-- be included: wants campaign_member as m.
-- Law: art. 3 (registration is due by a day; what follows comes behind it). A pause or a closed day only makes that day later.
-- Reads: lines_suspension, campaign_batchline. Writes: -. Plan: primary keys by line, only members that are suspended (OFFSET 0). Again: the same.
(m.stage = 'suspended' AND EXISTS (
    SELECT FROM lines_suspension s JOIN campaign_batchline b ON b.line_id = s.line_id AND b.batch_id = s.batch_id
     CROSS JOIN LATERAL (SELECT 0 AS step, greatest((b.former ->> 'anchor_on')::date, %(begins_on)s::date) AS anchor_on) AS clock
     CROSS JOIN LATERAL (
-- include law.stage_days
     ) AS length
     WHERE s.line_id = m.line_id AND s.reason = 'registration' AND s.step = 1 AND s.restored_on IS NULL
       AND s.begun_on <= clock.anchor_on + length.days OFFSET 0))
