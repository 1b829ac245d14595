-- Requests confirmation of lines: a notice, a row and a ledger entry for each; the line itself is not changed. For an agent:
-- every current line that it registered and that was not registered again since. Or one line alone.
-- Law: art. 2, 4, 11. Reads: agents_registration, lines_line, lines_tenure, subscribers_subscriber, ledger_entry, agents_reverification.
-- Writes: notices_notice, agents_reverification, ledger_entry. Plan: the agent's rows, each line by key and its entries by index.
-- Again: nothing, while a request is open.
WITH meant AS MATERIALIZED (
    SELECT %(line)s::uuid AS line_id WHERE %(line)s::uuid IS NOT NULL
     UNION
    SELECT t.line_id FROM agents_registration t
     WHERE %(line)s::uuid IS NULL AND t.agent_id = %(agent)s
       AND agents_newest_registration(t.line_id) <= t.entry_id
), asked AS (
    SELECT l.line_id, gen_random_uuid() AS reverification_id, gen_random_uuid() AS notice_id,
           notices_in.language, agents_newest_registration(l.line_id) AS entry_id
      FROM meant JOIN lines_line l USING (line_id)
-- include lines.notice_language
     WHERE l.state IN ('active', 'suspended') AND l.is_registered
       AND NOT EXISTS (SELECT FROM agents_reverification r WHERE r.line_id = l.line_id AND r.settled_on IS NULL)
), notice_slice AS (
    SELECT line_id, notice_id, %(kind)s AS kind, NULL::uuid AS campaign_id, language, %(on)s::date AS queued_on, %(promised)s::date AS promised_on,
           %(pack)s AS pack_hash
      FROM asked
),
-- include notices.enqueue_many
, entered AS (
    INSERT INTO ledger_entry (at, day, verb, line_id, staff_id, body)
    SELECT %(at)s, %(on)s, %(begun)s, line_id, %(staff_id)s,
           ledger_body(%(begun)s, %(at)s, %(on)s, %(role)s, %(actor)s, %(pack)s, NULL, line_id, NULL,
                       jsonb_build_object('agent', %(agent)s::text))
      FROM asked
     ORDER BY random()
)
INSERT INTO agents_reverification (line_id, reverification_id, agent_id, notice_id, entry_id, started_on)
SELECT line_id, reverification_id, %(agent)s, notice_id, entry_id, %(on)s FROM asked
RETURNING line_id
