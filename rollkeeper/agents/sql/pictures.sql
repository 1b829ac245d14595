-- Counts for each account the pictures and the registrations of one day, where no case about them is there yet.
-- Law: art. 4. Reads: agents_picture, agents_taken, agents_case. Writes: -. Plan: the day's rows. Again: without those that have a case.
SELECT p.staff_id, p.agent_id, p.place_id, p.pictures,
       (SELECT count(*) FROM agents_taken t WHERE t.staff_id = p.staff_id AND t.day = p.day) AS taken
  FROM agents_picture p
 WHERE p.day = %(on)s
   AND NOT EXISTS (SELECT FROM agents_case c
                    WHERE c.place_id = p.place_id AND c.pattern = %(pattern)s AND c.opened_on = p.day)
 ORDER BY p.staff_id
