-- Terminates the lines of a chunk: state, tenure, number into quarantine, stage, command, notice, ledger entry, earlier state.
-- Law: art. 3 (service is terminated), art. 5 (the year of keeping begins). All in the chunk's one transaction.
-- Open suspensions stay as they are: they are history, not lifted.
-- Reads: slice_verdict (temporary), lines_tenure, subscribers_subscriber. Writes: lines_line (version + 1),
-- lines_number, lines_tenure, campaign_member, provisioning_command, notices_notice, ledger_entry, campaign_batchline.
-- Plan: primary keys by line; see docs/measured.md.
-- Again: the batch row's position_done lets no line have a second turn.
-- RECURSIVE, so that the end of a tenure may name its ledger entry, which is written further below.
WITH RECURSIVE due AS MATERIALIZED (
    SELECT v.*, l.number_index, notices_in.language
      FROM slice_verdict v
      JOIN lines_line l USING (line_id)
-- include lines.notice_language
     WHERE v.because IS NULL
), terminate_slice AS (
    SELECT line_id, number_index FROM due
),
-- include lines.terminate_many
, member AS (
    UPDATE campaign_member m SET stage = 'terminated', next_check_on = NULL
      FROM due WHERE m.line_id = due.line_id AND m.campaign_id = %(campaign_id)s
), command_slice AS (
    SELECT line_id, 'terminate' AS kind, 'registration' AS reason, %(batch_id)s::uuid AS batch_id FROM due
),
-- include provisioning.request_many
, withdraw_slice AS (
    SELECT line_id, %(campaign_id)s::uuid AS campaign_id, ARRAY['register_by', 'reminder', 'suspended'] AS kinds FROM due
),
-- include notices.withdraw_many
, notice_slice AS (
    SELECT line_id, uuidv7() AS notice_id, 'terminated' AS kind, %(campaign_id)s::uuid AS campaign_id, language, %(on)s::date AS queued_on,
           NULL::date AS promised_on, %(pack_hash)s AS pack_hash
      FROM due
),
-- include notices.enqueue_many
,
-- include campaign.record_chunk
