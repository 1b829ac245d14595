-- Releases members that the current pack no longer concerns or would not have barred in this way; from a campaign that asks registered
-- subscribers again, also members that are no longer registered. Their pending notices are withdrawn, and suspended lines get service
-- back. If a line was only barred in another way, the planning adds it again, with a first notice.
-- Law: art. 3 (which lines it concerns). Reads: lines_line, campaign_member, campaign_batchline, lines_suspension, lines_tenure,
-- subscribers_subscriber.
-- Writes: campaign_member, notices_notice, lines_suspension, lines_line (version + 1), provisioning_command, ledger_entry.
-- Plan: one pass over the members; once a planning, not once a night. Precondition: lock_released_members.sql.
-- Again: nothing, since they have left.
WITH locked AS MATERIALIZED (
    SELECT l.line_id FROM lines_line l JOIN campaign_member m USING (line_id)
     WHERE m.campaign_id = %(campaign_id)s AND m.stage IN ('not_notified', 'running', 'suspended')
       AND (%(line_ids)s::uuid[] IS NULL OR l.line_id = ANY (%(line_ids)s::uuid[])) AND (
-- include campaign.barred_unlike_law
        OR
-- include campaign.not_asked
       )
), registered_before AS (
    -- If their registration is withdrawn later, they are not asked again (reenter_campaign.sql).
    UPDATE campaign_member m SET out_of_scope_reason = 'not_concerned' FROM lines_line l
     WHERE l.line_id = m.line_id AND m.campaign_id = %(campaign_id)s AND m.stage = 'out_of_scope' AND m.out_of_scope_reason = 'registered'
       AND %(line_ids)s::uuid[] IS NULL AND (NOT (
           l.service = ANY (%(services)s) AND (%(regions)s::text[] = '{}' OR coalesce(l.region = ANY (%(regions)s::text[]), false)) AND l.payment = ANY (%(payments)s::text[])
           AND l.activated_on >= %(activated_from)s AND l.activated_on < %(activated_before)s)
           OR NOT %(asks_again)s AND
-- include campaign.in_later_cohort
       )
), gone AS (
    UPDATE campaign_member m
       SET stage = 'out_of_scope', step = 0, out_of_scope_on = %(on)s, out_of_scope_reason = 'not_concerned', next_check_on = NULL, remind_on = NULL
      FROM locked
     WHERE m.line_id = locked.line_id AND m.campaign_id = %(campaign_id)s AND m.stage IN ('not_notified', 'running', 'suspended')
 RETURNING m.line_id, old.stage AS stage
), withdraw_slice AS (
    SELECT line_id, %(campaign_id)s::uuid AS campaign_id, ARRAY['register_by', 'reminder', 'suspended'] AS kinds FROM gone
),
-- include notices.withdraw_many
, restore_slice AS (
    SELECT line_id FROM gone
),
-- include lines.restore_many
, command_slice AS (
    SELECT line_id, 'restore' AS kind, 'registration' AS reason, NULL::uuid AS batch_id FROM restored_line
),
-- include provisioning.request_many
, notice_slice AS (
    SELECT l.line_id, uuidv7() AS notice_id, 'restored' AS kind, NULL::uuid AS campaign_id,
           notices_in.language, %(on)s::date AS queued_on, NULL::date AS promised_on,
           %(pack_hash)s AS pack_hash
      FROM restored_line l
-- include lines.notice_language
),
-- include notices.enqueue_many
, said AS MATERIALIZED (
    SELECT stage,
           ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, ledger_any_line(), NULL,
                       jsonb_build_object('stage', stage)) AS body
      FROM (SELECT DISTINCT stage FROM gone)
), entered AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s, ledger_body_for(body, line_id) FROM (SELECT * FROM gone ORDER BY random()) AS gone JOIN said USING (stage)
)
SELECT count(*) AS lines FROM gone
