-- Counts what could make a registration unusual, including this one, before it is recorded. The unpublished reference in the ledger's
-- entries shows many lines of one person; many lines of a company are not unusual. Law: art. 4.
-- Reads: agents_registration, agents_outlet, ledger_entry. Writes: -.
-- Plan: the account's and the agent's rows of the window by index, the person's entries by index. Again: the same.
SELECT 1 + (SELECT count(*) FROM agents_registration t
             WHERE t.staff_id = %(staff)s AND t.at > %(ten_minutes_ago)s AND t.at <= %(at)s) AS in_ten_minutes,
       1 + agents_lines_of_person(%(entry)s, %(agent)s, %(since)s, %(day)s) AS lines_of_person,
       (SELECT count(DISTINCT outlet_id)
          FROM (SELECT outlet_id FROM agents_registration WHERE staff_id = %(staff)s AND day = %(day)s
                UNION ALL SELECT %(outlet)s::uuid) AS outlets) AS outlets_today,
       (SELECT hours FROM agents_outlet WHERE outlet_id = %(outlet)s) AS hours
