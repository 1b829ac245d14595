-- Lists the agents by code: state, next due day, outlets and who works there. No figure that would allow a ranking.
-- Law: art. 4. Reads: agents_agent, agents_requirementmet, agents_audit, agents_finding, agents_case, agents_outlet, agents_assignment,
-- access_staff. Writes: -.
-- Plan: a few hundred agents, each with a handful of rows. Again: the same.
SELECT a.code, a.state,
       (SELECT min(due)
          FROM (SELECT min(m.renew_by) AS due FROM agents_requirementmet m WHERE m.agent_id = a.agent_id
                UNION ALL
                SELECT min(f.due_on) FROM agents_finding f WHERE f.agent_id = a.agent_id AND f.remediated_on IS NULL
                UNION ALL
                SELECT max(u.next_by) FROM agents_audit u WHERE u.agent_id = a.agent_id) AS dues) AS next_due,
       (SELECT count(*) FROM agents_case c WHERE c.agent_id = a.agent_id AND c.settled_on IS NULL) AS open_cases,
       ARRAY(SELECT p.code FROM agents_outlet p WHERE p.agent_id = a.agent_id AND p.closed_on IS NULL
             UNION ALL
             SELECT s.username
               FROM agents_outlet p
               JOIN agents_assignment t USING (outlet_id)
               JOIN access_staff s USING (staff_id)
              WHERE p.agent_id = a.agent_id AND p.closed_on IS NULL AND t.until IS NULL) AS known_by
  FROM agents_agent a
 ORDER BY a.code
