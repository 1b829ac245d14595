-- Counts for each account the document images and the registrations of one day, unless the outlet has a case about them already.
-- Law: art. 4. Reads: agents_documentimagecount, agents_registration, agents_case. Writes: -. Plan: the day's rows. Again: without those that have a case.
SELECT p.staff_id, p.agent_id, p.outlet_id, p.images,
       (SELECT count(*) FROM agents_registration t WHERE t.staff_id = p.staff_id AND t.day = p.day) AS taken
  FROM agents_documentimagecount p
 WHERE p.day = %(on)s
   AND NOT EXISTS (SELECT FROM agents_case c
                    WHERE c.outlet_id = p.outlet_id AND c.pattern = %(pattern)s AND c.opened_on = p.day)
 ORDER BY p.staff_id
