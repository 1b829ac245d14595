-- Lifts the suspensions of a batch and puts each line back where it was; the days off become a pause.
-- Law: art. 1. Only this batch's reason is lifted; a line with another open reason stays suspended for that one. What a clock
-- that was ahead did on a day to come is undone before that day. The last day of most is over: before anything follows they are told of another
-- one, on which the desks are open.
-- Reads: campaign_verdict (temporary), lines_holding, subscribers_subscriber. Writes: lines_suspension, lines_line
-- (version + 1), lines_pause, campaign_member, network_command, notices_notice, ledger_entry, campaign_batchline.
-- Plan: primary keys by line. Statistics from before the batch say that nobody is suspended: whoever was suspended was read anew for
-- each chunk. Of what stands in a CASE, or behind OFFSET 0, they say nothing.
-- Again: nothing, since the lines of the batch are no longer 'done'.
WITH wrong AS MATERIALIZED (
    SELECT v.*, coalesce(p.language, v.language, %(language)s) AS told_in,
           greatest((v.former ->> 'promised_on')::date, %(last_day)s::date) AS last_day_on
      FROM campaign_verdict v
      LEFT JOIN lines_holding h ON h.line_id = v.line_id AND upper_inf(h.held)
      LEFT JOIN subscribers_subscriber p ON p.person_id = h.person_id
     WHERE v.can_be_undone
), lifted AS (
    UPDATE lines_suspension s SET lifted_on = %(on)s, lifted_at = %(at)s
      FROM wrong WHERE s.line_id = wrong.line_id
       AND CASE WHEN s.batch_id = %(batch_id)s AND s.lifted_on IS NULL THEN true ELSE false END
 RETURNING s.line_id, s.begun_on
), line AS (
    UPDATE lines_line l
       SET state = CASE WHEN wrong.stays_suspended THEN 'suspended' ELSE 'active' END, version = l.version + 1
      FROM wrong WHERE l.line_id = wrong.line_id
), pause AS (
    INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at)
    SELECT line_id, uuidv7(), daterange(least(begun_on, %(on)s), greatest(begun_on, %(on)s), '[]'), 'other', %(at)s FROM lifted
), member AS (
    UPDATE campaign_member m
       SET stage = wrong.former ->> 'stage', anchor_on = greatest((wrong.former ->> 'anchor_on')::date, %(begins_on)s::date),
           promised_on = wrong.last_day_on, next_check_on = %(on)s::date + 1,
           remind_on = CASE wrong.former ->> 'stage' WHEN 'counting' THEN wrong.last_day_on - %(lead_days)s::integer END
      FROM wrong WHERE m.line_id = wrong.line_id AND m.campaign_id IN (%(campaign_id)s, %(counted_in)s)
       AND CASE m.stage WHEN 'suspended' THEN true ELSE false END
 RETURNING m.line_id, m.campaign_id, m.stage
), command AS (
    INSERT INTO network_command (line_id, kind, reason, batch_id, asked_at)
    SELECT line_id, CASE WHEN stays_suspended THEN 'bar' ELSE 'restore' END, coalesce(other_reason, 'registration'),
           %(batch_id)s, %(at)s
      FROM wrong
), withdrawn AS (
    UPDATE notices_notice n SET state = 'withdrawn'
      FROM wrong
     CROSS JOIN LATERAL (
           SELECT notice_id, campaign_id, state, kind FROM notices_notice WHERE line_id = wrong.line_id OFFSET 0) theirs
     WHERE n.line_id = wrong.line_id AND n.notice_id = theirs.notice_id AND theirs.campaign_id IN (%(campaign_id)s, %(counted_in)s)
       AND theirs.state = 'owed' AND theirs.kind = 'suspended'
       AND n.claimed_by IS NULL AND n.delivered_on IS NULL
), notice AS (
    INSERT INTO notices_notice (line_id, kind, campaign_id, language, owed_on, pack_hash)
    SELECT line_id, 'restored', %(campaign_id)s, told_in, %(on)s, %(pack_hash)s FROM wrong WHERE NOT stays_suspended
), reminder AS (
    INSERT INTO notices_notice (line_id, kind, campaign_id, language, owed_on, promised_on, pack_hash)
    SELECT w.line_id, 'reminder', m.campaign_id, w.told_in, %(on)s, w.last_day_on, %(pack_hash)s
      FROM wrong w JOIN member m USING (line_id) WHERE m.stage = 'counting' AND %(last_day)s::date IS NOT NULL
), said AS MATERIALIZED (
    SELECT state,
           ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, ledger_any_line(), NULL,
                       jsonb_build_object('undone_batch', %(batch_id)s::uuid, 'to', state)) AS body
      FROM (SELECT DISTINCT former ->> 'state' AS state FROM wrong)
), entry AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s, ledger_body_for(body, line_id)
      FROM wrong JOIN said ON said.state = wrong.former ->> 'state'
)
UPDATE campaign_batchline b SET outcome = 'undone', undone_at = %(at)s
  FROM wrong WHERE b.line_id = wrong.line_id AND CASE b.batch_id WHEN %(batch_id)s THEN true ELSE false END
