-- Counts what is affected if an agent is suspended or ended: its open accounts, and the living lines that it registered.
-- Law: -. Reads: agents_outlet, agents_assignment, access_staff, agents_registration, lines_line. Writes: -.
-- Plan: the agent's rows, each line by key. Again: the same.

SELECT (SELECT count(DISTINCT a.staff_id)
          FROM agents_outlet AS o JOIN agents_assignment AS a USING (outlet_id) JOIN access_staff AS s USING (staff_id)
         WHERE o.agent_id = %(agent)s AND (a.until IS NULL OR a.until >= %(on)s) AND s.is_active) AS accounts,
       (SELECT count(DISTINCT r.line_id)
          FROM agents_registration AS r JOIN lines_line AS l USING (line_id)
         WHERE r.agent_id = %(agent)s AND l.state IN ('active', 'suspended') AND l.is_registered) AS lines
