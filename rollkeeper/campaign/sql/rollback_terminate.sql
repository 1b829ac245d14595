-- Undoes the terminations of a batch: line, number, tenure and stage are as before; the days without service become a pause.
-- Law: art. 1. Only while the line's number is in quarantine and no other line has it. If its campaign is closed and another is open, the
-- open one counts it from now on. While no last day is known, as under a stay without an end, none is named: tell_restored.sql names it
-- before anything follows.
-- Reads: slice_verdict (temporary), subscribers_subscriber. Writes: lines_line (version + 1), lines_number,
-- lines_tenure, lines_pause, campaign_member, provisioning_command, notices_notice, ledger_entry, campaign_batchline.
-- Plan: primary keys by line (CASE and OFFSET 0 as in rollback_suspend.sql).
-- Again: nothing, since the lines of the batch are no longer 'done'.
WITH wrong AS MATERIALIZED (
    SELECT * FROM slice_verdict WHERE can_be_undone
), undo_terminate_slice AS (
    SELECT line_id, former ->> 'state' AS state, number_index, done_at AS terminated_at FROM wrong
),
-- include lines.undo_terminate_many
, member AS (
    UPDATE campaign_member m
       SET stage = wrong.former ->> 'stage', step = (wrong.former ->> 'step')::smallint, anchor_on = (wrong.former ->> 'anchor_on')::date,
           promised_on = greatest(%(last_day)s::date, (wrong.former ->> 'promised_on')::date),
           next_check_on = %(on)s::date + 1
      FROM wrong WHERE m.line_id = wrong.line_id AND m.campaign_id = %(counting_campaign_id)s
       AND CASE m.stage WHEN 'terminated' THEN true ELSE false END
), counted_elsewhere AS (
    INSERT INTO campaign_member (line_id, campaign_id, stage, step, anchor_on, promised_on, next_check_on, region)
    SELECT wrong.line_id, %(counting_campaign_id)s, wrong.former ->> 'stage', (wrong.former ->> 'step')::smallint, (wrong.former ->> 'anchor_on')::date,
           greatest(%(last_day)s::date, (wrong.former ->> 'promised_on')::date), %(on)s::date + 1, wrong.region
      FROM wrong WHERE %(counting_campaign_id)s <> %(campaign_id)s
        ON CONFLICT DO NOTHING
), command_slice AS (
    SELECT line_id, 'bar' AS kind, 'registration' AS reason, %(batch_id)s::uuid AS batch_id FROM wrong
),
-- include provisioning.request_many
, withdraw_slice AS (
    SELECT line_id, %(campaign_id)s::uuid AS campaign_id, ARRAY['terminated'] AS kinds FROM wrong
),
-- include notices.withdraw_many
, notice_slice AS (
    SELECT w.line_id, uuidv7() AS notice_id, 'suspended' AS kind, %(counting_campaign_id)s::uuid AS campaign_id,
           coalesce(p.language, w.language, %(language)s) AS language, %(on)s::date AS queued_on,
           greatest(%(last_day)s::date, (w.former ->> 'promised_on')::date) AS promised_on, %(pack_hash)s AS pack_hash
      FROM wrong w
      LEFT JOIN lines_tenure h ON h.line_id = w.line_id AND upper(h.held) = w.done_at
      LEFT JOIN subscribers_subscriber p ON p.person_id = h.person_id
     WHERE %(last_day)s::date IS NOT NULL
),
-- include notices.enqueue_many
,
-- include campaign.record_rollback
