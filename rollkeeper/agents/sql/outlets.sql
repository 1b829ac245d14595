-- Lists the open outlets of one agent with the accounts that are assigned and the devices that are registered there.
-- Law: art. 4. Reads: agents_outlet, agents_assignment, agents_device, access_staff. Writes: -. Plan: few rows. Again: the same.
SELECT p.code, p.hours, p.needs_device,
       (SELECT count(*) FROM agents_device d WHERE d.outlet_id = p.outlet_id AND d.removed_on IS NULL) AS devices,
       ARRAY(SELECT s.username FROM agents_assignment t JOIN access_staff s USING (staff_id)
              WHERE t.outlet_id = p.outlet_id AND t.until IS NULL ORDER BY s.username) AS accounts
  FROM agents_outlet p
 WHERE p.agent_id = %(agent)s AND p.closed_on IS NULL
 ORDER BY p.code
