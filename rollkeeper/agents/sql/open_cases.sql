-- Lists the open cases, of one agent or of all, the oldest first.
-- Law: art. 4. Reads: agents_case, agents_agent, agents_outlet. Writes: -. Plan: the partial index of open cases. Again: the same.
SELECT c.case_id, a.code AS agent, p.code AS outlet, c.line_id, c.pattern, c.opened_on
  FROM agents_case c
  JOIN agents_agent a USING (agent_id)
  LEFT JOIN agents_outlet p USING (outlet_id)
 WHERE c.settled_on IS NULL AND (%(agent)s::uuid IS NULL OR c.agent_id = %(agent)s)
 ORDER BY c.opened_on, c.case_id
