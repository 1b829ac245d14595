-- Records what a chunk did: the ledger entry of each line, and its row in the batch. To be included as the end of a statement: wants
-- `due (line_id, anchor_on, last_day_on)` and the temporary table slice_verdict.
-- Law: art. 3. Reads: slice_verdict. Writes: ledger_entry, campaign_batchline. Plan: the batch's rows by their positions: before
-- statistics knew the batch, all its rows were read for each chunk. Again: the caller's.
said AS MATERIALIZED (
    SELECT anchor_on, last_day_on,
           ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, ledger_any_line(), NULL,
                       jsonb_strip_nulls(jsonb_build_object('anchor', anchor_on, 'bars', %(level)s::text, 'batch', %(batch_id)s::uuid, 'by', %(ended_by)s::text, 'last_day', last_day_on))) AS body
      FROM (SELECT DISTINCT anchor_on, last_day_on FROM due)
), entry AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s, ledger_body_for(body, line_id)
      FROM due JOIN said USING (anchor_on, last_day_on)
 RETURNING line_id, entry_id
)
UPDATE campaign_batchline b
   SET outcome = CASE WHEN v.because IS NULL THEN 'done' ELSE 'skipped' END, skip_reason = v.because,
       done_at = CASE WHEN v.because IS NULL THEN %(at)s::timestamptz END,
       former = CASE WHEN v.because IS NULL THEN jsonb_build_object(
           'state', v.state, 'version', v.version, 'stage', v.stage, 'step', v.step, 'anchor_on', v.anchor_on,
           'promised_on', v.promised_on, 'next_check_on', v.next_check_on) END
  FROM slice_verdict v
 WHERE b.line_id = v.line_id AND b.batch_id = %(batch_id)s AND b.position > %(after)s AND b.position <= %(upto)s
