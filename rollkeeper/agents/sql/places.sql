-- Lists the open places of one agent with the accounts that are posted and the devices that are enrolled there.
-- Law: art. 4. Reads: agents_place, agents_post, agents_device, access_staff. Writes: -. Plan: few rows. Again: the same.
SELECT p.code, p.hours, p.needs_device,
       (SELECT count(*) FROM agents_device d WHERE d.place_id = p.place_id AND d.ended_on IS NULL) AS devices,
       ARRAY(SELECT s.username FROM agents_post t JOIN access_staff s USING (staff_id)
              WHERE t.place_id = p.place_id AND t.until IS NULL ORDER BY s.username) AS accounts
  FROM agents_place p
 WHERE p.agent_id = %(agent)s AND p.closed_on IS NULL
 ORDER BY p.code
