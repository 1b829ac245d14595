-- Counts what could make a registration unusual, including this one, before it is recorded. Many lines of one person are found by
-- the unpublished reference of the ledger's entries; many lines of a company are not unusual. Law: art. 4.
-- Reads: agents_registration, agents_outlet, ledger_entry. Writes: -.
-- Plan: the account's and the agent's rows of the window by index, the person's entries by index. Again: the same.
WITH this AS (SELECT person_id, body::jsonb #>> '{facts,party_kind}' AS kind
                FROM ledger_entry WHERE entry_id = %(entry)s)
SELECT 1 + (SELECT count(*) FROM agents_registration t
             WHERE t.staff_id = %(staff)s AND t.at > %(ten_minutes_ago)s AND t.at <= %(at)s) AS in_ten_minutes,
       (SELECT count(DISTINCT e.line_id) + 1
          FROM this JOIN ledger_entry e USING (person_id) JOIN agents_registration t USING (entry_id)
         WHERE this.kind <> 'company' AND t.agent_id = %(agent)s AND t.day BETWEEN %(since)s AND %(day)s
           AND t.line_id <> %(line)s) AS lines_of_person,
       (SELECT count(DISTINCT outlet_id)
          FROM (SELECT outlet_id FROM agents_registration WHERE staff_id = %(staff)s AND day = %(day)s
                UNION ALL SELECT %(outlet)s::uuid) AS outlets) AS outlets_today,
       (SELECT hours FROM agents_outlet WHERE outlet_id = %(outlet)s) AS hours
