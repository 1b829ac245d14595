-- Counts for each account the document images and the registrations of a day, of this day and the one before, unless it has a case.
-- Law: art. 4. Reads: agents_documentimagecount, agents_registration. Writes: -. Plan: two days' rows. Again: without those that have a case.
SELECT p.staff_id, p.day, p.agent_id, p.outlet_id, p.images,
       (SELECT count(*) FROM agents_registration t WHERE t.staff_id = p.staff_id AND t.day = p.day) AS taken
  FROM agents_documentimagecount p
 WHERE p.day BETWEEN %(on)s - 1 AND %(on)s
   AND p.case_id IS NULL
 ORDER BY p.day, p.staff_id
