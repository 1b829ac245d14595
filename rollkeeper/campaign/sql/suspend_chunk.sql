-- Bars the lines of a chunk, or bars them further: reason, state, stage, command to the network, notice, ledger entry, and the earlier state.
-- Law: art. 3 (suspended, emergency calls excepted). All in the chunk's one transaction.
-- Reads: slice_verdict, law_due (temporary), lines_tenure, subscribers_subscriber.
-- Writes: lines_suspension, lines_line (version + 1), campaign_member, provisioning_command, notices_notice, ledger_entry,
-- campaign_batchline. Plan: primary keys by line; see docs/measured.md.
-- If a bar is the last stage and no termination follows, it promises no day and is not checked again.
-- Again: the batch row's position_done lets no line have a second turn.
WITH due AS MATERIALIZED (
    SELECT v.*, n.last_day_on AS next_last_day_on, n.earliest_on AS next_earliest_on,
           notices_in.language
      FROM slice_verdict v
      JOIN lines_line l USING (line_id)
      LEFT JOIN law_due n ON (n.anchor_on, n.days, n.pauses) = (%(on)s::date, %(then_days)s::integer, v.pauses)
-- include lines.notice_language
     WHERE v.because IS NULL
), suspend_slice AS (
    SELECT line_id, %(batch_id)s::uuid AS batch_id FROM due
),
-- include lines.suspend_many
, member AS (
    UPDATE campaign_member m
       SET stage = 'suspended', step = %(step)s, anchor_on = %(on)s, promised_on = due.next_last_day_on,
           next_check_on = due.next_earliest_on
      FROM due WHERE m.line_id = due.line_id AND m.campaign_id = %(campaign_id)s
), command_slice AS (
    SELECT line_id, 'bar' AS kind, 'registration' AS reason, %(batch_id)s::uuid AS batch_id FROM due
),
-- include provisioning.request_many
, withdraw_slice AS (
    -- A pending notice of the narrower bar would name services that no longer work.
    SELECT line_id, %(campaign_id)s::uuid AS campaign_id, ARRAY['suspended'] AS kinds FROM due WHERE %(step)s > 1
),
-- include notices.withdraw_many
, notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, 'suspended' AS kind, %(campaign_id)s::uuid AS campaign_id, language, %(on)s::date AS queued_on,
           next_last_day_on AS promised_on, %(pack_hash)s AS pack_hash
      FROM due
),
-- include notices.enqueue_many
,
-- include campaign.record_chunk
