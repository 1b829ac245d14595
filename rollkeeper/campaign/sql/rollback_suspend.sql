-- Lifts the suspensions of a batch and puts each line back where it was; the days off become a pause.
-- Law: art. 1. Only this batch's reason and step are lifted; a line with another open reason, or a narrower bar before this one, stays
-- suspended for that. An action that a wrong clock dated in the future is undone as of before that day. For most lines the last day is
-- over: before anything follows, their subscribers are notified of a new one, which is an open day.
-- Reads: slice_verdict (temporary), lines_tenure, subscribers_subscriber. Writes: lines_suspension, lines_line
-- (version + 1), lines_pause, campaign_member, provisioning_command, notices_notice, ledger_entry, campaign_batchline.
-- Plan: primary keys by line. Statistics from before the batch say that no line is suspended; because of them, all suspensions were read
-- again for each chunk. The planner uses no statistics for expressions in a CASE or behind OFFSET 0.
-- Again: nothing, since the lines of the batch are no longer 'done'.
WITH wrong AS MATERIALIZED (
    SELECT l.*, notices_in.language AS notice_language,
           greatest((l.former ->> 'promised_on')::date, %(last_day)s::date) AS last_day_on
      FROM slice_verdict l
-- include lines.notice_language
     WHERE l.can_be_undone
), undo_suspend_slice AS (
    SELECT line_id, stays_suspended FROM wrong
),
-- include lines.undo_suspend_many
, member AS (
    UPDATE campaign_member m
       SET stage = wrong.former ->> 'stage', step = (wrong.former ->> 'step')::smallint, anchor_on = greatest((wrong.former ->> 'anchor_on')::date, %(begins_on)s::date),
           promised_on = wrong.last_day_on, next_check_on = %(on)s::date + 1,
           remind_on = CASE wrong.former ->> 'stage' WHEN 'running' THEN wrong.last_day_on - %(lead_days)s::integer END
      FROM wrong WHERE m.line_id = wrong.line_id AND m.campaign_id IN (%(campaign_id)s, %(counting_campaign_id)s)
       AND CASE m.stage WHEN 'suspended' THEN true ELSE false END
 RETURNING m.line_id, m.campaign_id, m.stage
), command_slice AS (
    SELECT line_id, CASE WHEN stays_suspended THEN 'bar' ELSE 'restore' END AS kind, coalesce(other_reason, 'registration') AS reason,
           %(batch_id)s::uuid AS batch_id
      FROM wrong
),
-- include provisioning.request_many
, withdraw_slice AS (
    SELECT line_id, campaign_id, ARRAY['suspended'] AS kinds
      FROM wrong CROSS JOIN (SELECT %(campaign_id)s::uuid UNION SELECT %(counting_campaign_id)s::uuid) AS c (campaign_id)
),
-- include notices.withdraw_many
, notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, 'restored' AS kind, %(campaign_id)s::uuid AS campaign_id, notice_language AS language, %(on)s::date AS queued_on,
           NULL::date AS promised_on, %(pack_hash)s AS pack_hash
      FROM wrong WHERE NOT stays_suspended
     UNION ALL
    SELECT w.line_id, uuidv7(), CASE m.stage WHEN 'running' THEN 'reminder' ELSE 'suspended' END, m.campaign_id, w.notice_language, %(on)s,
           w.last_day_on, %(pack_hash)s
      FROM wrong w JOIN member m USING (line_id) WHERE m.stage IN ('running', 'suspended') AND %(last_day)s::date IS NOT NULL
),
-- include notices.enqueue_many
,
-- include campaign.record_rollback
