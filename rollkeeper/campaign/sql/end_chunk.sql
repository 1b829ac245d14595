-- Ends the lines of a chunk: state, holding, number into quarantine, stage, command, notice, ledger entry, what it was.
-- Law: art. 3 (service is terminated), art. 5 (the year of keeping begins). All in the chunk's one transaction.
-- Open suspensions stay as they are: they are history, not lifted.
-- Reads: campaign_verdict (temporary), lines_holding, subscribers_subscriber. Writes: lines_line (version + 1),
-- lines_number, lines_holding, campaign_member, network_command, notices_notice, ledger_entry, campaign_batchline.
-- Plan: primary keys by line; see docs/measured.md. The batch's rows by their positions: while
-- statistics knew nothing of a batch, all of it was read for each chunk.
-- Again: the batch row's position_done lets no line have a second turn.
WITH due AS MATERIALIZED (
    SELECT v.*, l.number_index, coalesce(p.language, l.language, %(language)s) AS language
      FROM campaign_verdict v
      JOIN lines_line l USING (line_id)
      LEFT JOIN lines_holding h ON h.line_id = v.line_id AND upper_inf(h.held)
      LEFT JOIN subscribers_subscriber p ON p.person_id = h.person_id
     WHERE v.because IS NULL
), line AS (
    UPDATE lines_line l
       SET state = 'ended', ended_on = %(on)s, ended_by = 'campaign', version = l.version + 1
      FROM due WHERE l.line_id = due.line_id
), number AS (
    UPDATE lines_number n SET quarantined_until = %(quarantined_until)s
      FROM due WHERE n.number_index = due.number_index AND n.line_id = due.line_id
), holding AS (
    UPDATE lines_holding h SET held = tstzrange(lower(h.held), %(at)s)
      FROM due WHERE h.line_id = due.line_id AND upper_inf(h.held)
), member AS (
    UPDATE campaign_member m SET stage = 'ended', next_check_on = NULL
      FROM due WHERE m.line_id = due.line_id AND m.campaign_id = %(campaign_id)s
), command AS (
    INSERT INTO network_command (line_id, kind, reason, batch_id, asked_at)
    SELECT line_id, 'end', 'registration', %(batch_id)s, %(at)s FROM due
), withdrawn AS (
    UPDATE notices_notice n SET state = 'withdrawn'
      FROM due
     CROSS JOIN LATERAL (
           SELECT notice_id, campaign_id, state, kind FROM notices_notice WHERE line_id = due.line_id OFFSET 0) theirs
     WHERE n.line_id = due.line_id AND n.notice_id = theirs.notice_id AND theirs.campaign_id = %(campaign_id)s
       AND theirs.state = 'owed' AND theirs.kind IN ('register_by', 'reminder', 'suspended')
       AND n.claimed_by IS NULL AND n.delivered_on IS NULL
), notice AS (
    INSERT INTO notices_notice (line_id, kind, campaign_id, language, owed_on, pack_hash)
    SELECT line_id, 'ended', %(campaign_id)s, language, %(on)s, %(pack_hash)s FROM due
), said AS MATERIALIZED (
    SELECT anchor_on, last_day_on,
           ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, ledger_any_line(), NULL,
                       jsonb_build_object('anchor', anchor_on, 'batch', %(batch_id)s::uuid, 'last_day', last_day_on)) AS body
      FROM (SELECT DISTINCT anchor_on, last_day_on FROM due)
), entry AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s, ledger_body_for(body, line_id)
      FROM due JOIN said USING (anchor_on, last_day_on)
)
UPDATE campaign_batchline b
   SET outcome = CASE WHEN v.because IS NULL THEN 'done' ELSE 'passed_over' END, passed_over_because = v.because,
       done_at = CASE WHEN v.because IS NULL THEN %(at)s::timestamptz END,
       former = CASE WHEN v.because IS NULL THEN jsonb_build_object(
           'state', v.state, 'version', v.version, 'stage', v.stage, 'anchor_on', v.anchor_on,
           'promised_on', v.promised_on, 'next_check_on', v.next_check_on) END
  FROM campaign_verdict v
 WHERE b.line_id = v.line_id AND b.batch_id = %(batch_id)s AND b.position > %(after)s AND b.position <= %(upto)s
