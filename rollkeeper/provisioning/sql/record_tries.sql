-- Records the results of a chunk of tries, with a ledger entry for each command that was confirmed or given up. A line that was barred only
-- on a later day worked until then: those days do not count, and its suspension begins with the proof.
-- Law: art. 3. Reads: provisioning_command. Writes: provisioning_command, lines_pause, ledger_entry.
-- Plan: primary key, one probe a row (CASE: the index of claims is full of what this run has tried).
-- Again: nothing, since the claim is gone with the first run.
WITH tried AS (
    SELECT * FROM unnest(
        %(line_ids)s::uuid[], %(command_ids)s::uuid[], %(states)s::text[], %(read_backs)s::text[],
        %(tries)s::integer[], %(next_try_ats)s::timestamptz[]
    ) AS t (line_id, command_id, state, read_back, tries, next_try_at)
), recorded AS (
    UPDATE provisioning_command c
    SET state = t.state, claimed_by = NULL, attempts = t.tries,
        -- A postponement made meanwhile (a stay, a stopped batch) is not overridden by a failed try.
        next_try_at = CASE WHEN t.state = 'waiting' THEN greatest(c.next_try_at, t.next_try_at) ELSE t.next_try_at END,
        sent_at = CASE WHEN t.state <> 'waiting' THEN coalesce(c.sent_at, %(now)s) ELSE c.sent_at END,
        read_back = t.read_back, read_back_at = %(now)s
    FROM tried t
    WHERE c.line_id = t.line_id AND c.command_id = t.command_id AND CASE c.claimed_by WHEN %(claim)s THEN true ELSE false END
    RETURNING c.line_id, c.command_id, c.kind, c.reason, c.batch_id, c.state, c.read_back, c.attempts, c.requested_at
), pause_slice AS (
    SELECT line_id, daterange((requested_at AT TIME ZONE %(zone)s)::date, %(on)s, '[]') AS days, 'not_barred' AS reason, %(now)s::timestamptz AS at
    FROM recorded
    WHERE kind = 'bar' AND reason = 'registration' AND state = 'confirmed' AND (requested_at AT TIME ZONE %(zone)s)::date < %(on)s
),
-- include lines.pause_many
, over AS MATERIALIZED (
    SELECT r.*, v.verb, jsonb_strip_nulls(jsonb_build_object(
               'batch', r.batch_id, 'command', ledger_any_line(), 'kind', r.kind, 'read_back', r.read_back,
               'tries', r.attempts
           )) AS facts
    FROM recorded r
    CROSS JOIN LATERAL (
        SELECT CASE r.state WHEN 'confirmed' THEN %(confirmed)s WHEN 'failed' THEN %(failed)s END AS verb
    ) v
    WHERE v.verb IS NOT NULL
), said AS MATERIALIZED (
    -- The bodies of entries are almost the same: each is written once, for any line and any command, and used for all.
    SELECT verb, facts, ledger_body(
               verb, %(now)s, %(on)s, %(role)s, %(actor)s, NULL, NULL, ledger_any_line(), NULL, facts
           ) AS body
    FROM (SELECT DISTINCT verb, facts FROM over)
)
INSERT INTO ledger_entry (at, day, verb, line_id, person_id, staff_id, body)
SELECT %(now)s, %(on)s, verb, line_id, NULL, %(staff_id)s::uuid,
    replace(ledger_body_for(body, line_id), '"command":"' || ledger_any_line() || '"', '"command":"' || command_id || '"')
FROM over JOIN said USING (verb, facts)
 ORDER BY random()
