-- Lets members go whom the pack as it is now concerns no more: what they would still be told is taken back, and whoever it had
-- suspended has service again.
-- Law: art. 3 (whom it concerns). Reads: lines_line, campaign_member, lines_suspension, lines_holding, subscribers_subscriber.
-- Writes: campaign_member, notices_notice, lines_suspension, lines_line (version + 1), network_command, ledger_entry.
-- Plan: one pass over the members; once a planning, not once a night. Precondition: let_go_lock.sql.
-- Again: nothing, since they have left.
WITH locked AS MATERIALIZED (
    SELECT l.line_id, l.language FROM lines_line l JOIN campaign_member m USING (line_id)
     WHERE m.campaign_id = %(campaign_id)s AND m.stage IN ('untold', 'counting', 'suspended')
       AND NOT (l.service = ANY (%(services)s) AND l.activated_on < %(activated_before)s)
), registered_before AS (
    -- Should their registration be withdrawn they are not asked anew (take_back.sql).
    UPDATE campaign_member m SET left_because = 'not_concerned' FROM lines_line l
     WHERE l.line_id = m.line_id AND m.campaign_id = %(campaign_id)s AND m.stage = 'left' AND m.left_because = 'registered'
       AND NOT (l.service = ANY (%(services)s) AND l.activated_on < %(activated_before)s)
), gone AS (
    UPDATE campaign_member m
       SET stage = 'left', left_on = %(on)s, left_because = 'not_concerned', next_check_on = NULL, remind_on = NULL
      FROM locked
     WHERE m.line_id = locked.line_id AND m.campaign_id = %(campaign_id)s AND m.stage IN ('untold', 'counting', 'suspended')
 RETURNING m.line_id, locked.language, old.stage AS stage
), withdrawn AS (
    UPDATE notices_notice n SET state = 'withdrawn' FROM gone
     WHERE n.line_id = gone.line_id AND n.campaign_id = %(campaign_id)s AND n.state = 'owed'
       AND n.kind IN ('register_by', 'reminder', 'suspended') AND n.claimed_by IS NULL AND n.delivered_on IS NULL
), lifted AS (
    UPDATE lines_suspension s SET lifted_on = %(on)s, lifted_at = %(at)s FROM gone
     WHERE s.line_id = gone.line_id AND s.reason = 'registration' AND s.lifted_on IS NULL
 RETURNING s.line_id, gone.language
), line AS (
    UPDATE lines_line l SET state = 'active', version = l.version + 1 FROM lifted
     WHERE l.line_id = lifted.line_id AND l.state = 'suspended'
       AND NOT EXISTS (SELECT FROM lines_suspension o WHERE o.line_id = l.line_id AND o.lifted_on IS NULL AND o.reason <> 'registration')
 RETURNING l.line_id, lifted.language
), command AS (
    INSERT INTO network_command (line_id, kind, reason, asked_at) SELECT line_id, 'restore', 'registration', %(at)s FROM line
), notice AS (
    INSERT INTO notices_notice (line_id, kind, language, owed_on, pack_hash)
    SELECT line.line_id, 'restored', coalesce(p.language, line.language, %(language)s), %(on)s, %(pack_hash)s
      FROM line
      LEFT JOIN lines_holding h ON h.line_id = line.line_id AND upper_inf(h.held)
      LEFT JOIN subscribers_subscriber p ON p.person_id = h.person_id
), said AS MATERIALIZED (
    SELECT stage,
           ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, ledger_any_line(), NULL,
                       jsonb_build_object('stage', stage)) AS body
      FROM (SELECT DISTINCT stage FROM gone)
), entered AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s, ledger_body_for(body, line_id) FROM gone JOIN said USING (stage)
)
SELECT count(*) AS lines FROM gone
