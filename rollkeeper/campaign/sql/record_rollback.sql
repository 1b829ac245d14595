-- Records what a rollback did: the ledger entry of each line, and its row in the batch. To be included as the end of a statement: wants
-- `wrong (line_id, former)`.
-- Law: art. 1. Reads: -. Writes: ledger_entry, campaign_batchline. Plan: primary keys by line; the planner uses no
-- statistics for expressions in a CASE. Again: the caller's.
said AS MATERIALIZED (
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
