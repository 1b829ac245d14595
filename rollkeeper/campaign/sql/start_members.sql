-- Starts the clocks of members that were provably notified, one ledger entry each.
-- Law: art. 3. Reads: member_clock, law_due (temporary). Writes: campaign_member, ledger_entry.
-- Plan: primary keys by line, only lines notified since the last nightly run (CASE: statistics may not know yet that any member
-- is not notified).
-- Again: nothing, since they are no longer not notified.
WITH started AS (
    UPDATE campaign_member m
       SET stage = 'running', anchor_on = c.anchor_on, promised_on = greatest(m.promised_on, c.promised_on), notified_by = c.channel,
           next_check_on = greatest(d.earliest_on, m.promised_on + 1, c.promised_on + 1, c.anchor_on + c.days),
           remind_on = greatest(d.last_day_on, m.promised_on, c.promised_on) - %(lead_days)s::integer
      FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
     WHERE m.line_id = c.line_id AND m.campaign_id = %(campaign_id)s
       AND CASE m.stage WHEN 'not_notified' THEN true ELSE false END
 RETURNING m.line_id, m.anchor_on, m.promised_on
), said AS MATERIALIZED (
    SELECT anchor_on, promised_on,
           ledger_body(%(verb)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack_hash)s, %(article)s, ledger_any_line(), NULL,
                       jsonb_strip_nulls(jsonb_build_object('anchor', anchor_on, 'promised', promised_on))) AS body
      FROM (SELECT DISTINCT anchor_on, promised_on FROM started)
), entered AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(verb)s, line_id, %(staff_id)s, ledger_body_for(body, line_id)
      FROM (SELECT * FROM started ORDER BY random()) AS started JOIN said
        ON said.anchor_on = started.anchor_on
       AND coalesce(said.promised_on, 'infinity') = coalesce(started.promised_on, 'infinity')
)
SELECT count(*) AS lines FROM started
